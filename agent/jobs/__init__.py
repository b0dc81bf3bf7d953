"""The work of the service: collect, scan, brief, deliver, and the clock that starts them."""
