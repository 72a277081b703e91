"""Values every context shares: money, ids, instants, Refusal; standard library only."""
