"""What appliances use, what that costs, and where it could be less: computed from statistics when asked."""
