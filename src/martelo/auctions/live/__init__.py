"""The live feed to browsers: one hub, and one folder per transport."""
