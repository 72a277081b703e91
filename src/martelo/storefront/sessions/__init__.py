"""Who is signed in: sessions in Valkey."""
