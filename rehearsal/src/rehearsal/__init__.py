"""The cloud on one machine: emulated control plane, real data planes, the real engine."""
