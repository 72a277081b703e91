"""The live feed to browsers: one hub, and one thin file per transport."""
