"""How benchmarks are run and judged.

**To write one**, add a module `benchmarks/<name>.py` with `run(scale: Scale) -> Report` and name
it in `benchmarks/catalogue.py`. It

1. starts its servers in a `with ExitStack()` (`processes.running`, `store.running_store`), which
   also ends them, by process id;
2. makes a *subject* of each thing to be compared: a function that runs one round and returns a
   `Round` (operations, CPU seconds by `cpu.CpuMeter`, what else was measured, and what was wrong
   with it: a round with a fault never counts). Data are fresh in each round, and what the
   servers say at the end is checked against the ledger;
3. hands the subjects to `rounds.interleave`, which runs A B A B with a discarded warm-up of each;
4. makes `Series` of the rounds, and a `Ratio` of two of them (`results.ratio`) or a `Ratio` that
   is one number by itself (`results.figure`), with its limit and target from `Bound`;
5. returns a `Report`; `facts.Facts` tells what it was measured on.

Two series are divided only where they come from one `interleave`. A ratio is void, and neither
held nor missed, with fewer than five valid rounds or a reference whose rounds lie more than a
factor of two apart. Whether an answer was wrong is no ratio: it goes into `Report.wrong`, and
fails the run however fast it was.
"""
