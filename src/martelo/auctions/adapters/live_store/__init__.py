"""The live store on Valkey or Redis."""
