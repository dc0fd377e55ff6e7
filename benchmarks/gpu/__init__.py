"""What only a GPU can show: that it is right there, how fast it is, and what it learns there.

The machine with the GPU is there for 15 minutes in all, its start included, and has no network.
The tracked files and `carry` go there; $OUT is the folder whose files come back.

Before, on a machine with a network, in the root of the repository: the folder of data, and the
wheels that are missing there. `/carry/` is ignored by git.

    mkdir -p carry/data carry/wheels
    cp -r DATA/MNIST DATA/meterdigits32.zip carry/data/
    pip download --no-deps --only-binary=:all: -d carry/wheels 'filelock>=4.3' platformdirs

Call 1, is it right? About 5 minutes with the start:

    python3 -m pip install -q --no-index --no-deps --no-compile --target /tmp/site \
carry/wheels/*.whl; PYTHONPATH=/tmp/site:. PYTHONUNBUFFERED=1 \
python3 -m benchmarks.gpu --call 1 --minutes 4 --out "$OUT"

Call 2, what has it learned? About 8.5 minutes with the start; what failed in 1 is mended first:

    python3 -m pip install -q --no-index --no-deps --no-compile --target /tmp/site \
carry/wheels/*.whl; PYTHONPATH=/tmp/site:. PYTHONUNBUFFERED=1 \
python3 -m benchmarks.gpu --call 2 --minutes 7.2 --data carry/data --out "$OUT"

Estimates in minutes for an H100 (never tried there), beside the 1 to 1.5 of each start:

    captured, tests, losses, same, amended, broken: 1.2 at once, on 16 cores
    memory 0.5   speed 1.2 (profiles of what misses its goal included)   latency 0.5
    learned-1 to -3 and bf16: 6.9 at once; a training of 30,000 steps about 1 to 2.5

If call 1 has to be shorter: `--parts captured same broken memory speed --minutes 3`.

What comes back: told.txt (all that was printed), learned.zip, and at most 6 pieces of weights of
15 MiB. `unzip learned.zip 'results/*' 'figures/*' -d docs` and `python -m trainer reproduce
mnist-10 ...` put records of whole trials on the page of results.
"""
