"""The ground floor: what a farm is, and what every science needs."""
