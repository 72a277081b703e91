"""The running stack: started in order, watched, restarted, stopped."""
