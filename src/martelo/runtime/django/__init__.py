"""What Django views share with the other APIs: methods, bodies, problems."""
