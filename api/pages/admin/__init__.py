"""Pages for whoever runs the service: how it fares, what comes in and goes out, and who is let in."""
