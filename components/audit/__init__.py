"""Who did what: the trail, its alarms, detection in every region, and guards that hold for the whole account."""
