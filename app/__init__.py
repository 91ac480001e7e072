"""The front: pages, machine interface, command line and the services they call."""
