"""What an environment may cost, who hears of it, and by what its costs are told apart."""
