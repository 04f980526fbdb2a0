"""Runs distill-train and PyTorch in turn, size by size on the same cores, and writes the ratios.

Usage: compare_trainer.py DISTILL_TRAIN OUTPUT_FOLDER
"""
import json
import os
import pathlib
import subprocess
import sys

from trainer import measure

SIZES = [2, 3, 4, 6, 8, 10]
BATCHES = [1024, 4096]
ROUNDS = 3
SECONDS = 1.5


def ours(binary, layers, batch, threads):
    command = [binary, "speed", "--layers", str(layers), "--batch-tokens", str(batch),
               "--threads", str(threads), "--seconds", str(SECONDS)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def median(values):
    return sorted(values)[len(values) // 2]


def main(binary, folder):
    threads = len(os.sched_getaffinity(0))
    rows = []
    for batch in BATCHES:
        for layers in SIZES:
            pairs = [(ours(binary, layers, batch, threads), measure(layers, batch, threads, SECONDS))
                     for _ in range(ROUNDS)]
            mine = pairs[0][0]
            tokens = median([a["tokensPerSecond"] for a, _ in pairs])
            share = median([a["gigaFLOPsPerSecond"] / a["productGigaFLOPsPerSecond"] for a, _ in pairs])
            flops = mine["gigaFLOPsPerSecond"] / mine["tokensPerSecond"]
            rows.append({
                "layers": layers, "parameters": mine["parameters"], "batchTokens": batch, "threads": threads,
                "tokensPerSecond": tokens, "gigaFLOPsPerSecond": tokens * flops,
                "shareOfMatrixProducts": share,
                "torchTokensPerSecond": median([b["tokensPerSecond"] for _, b in pairs]),
                "ratio": median([a["tokensPerSecond"] / b["tokensPerSecond"] for a, b in pairs]),
                "torch": pairs[0][1]["software"]})
            print(line(rows[-1]), flush=True)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trainer.json").write_text(json.dumps(rows, indent=1) + "\n")
    text = (f"# Training steps against {rows[0]['torch']}\n\n"
            f"Same architecture, batch and optimiser on the same {threads} threads; medians of {ROUNDS} pairs "
            "run in turn.\nFLOPs by F(N); the share is of bare matrix products measured in the same run.\n\n"
            "| N | batch | tokens/s | GFLOP/s | share of products | PyTorch tokens/s | ratio |\n"
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
    (folder / "trainer.md").write_text(text + "".join(line(row) + "\n" for row in rows))


def line(row):
    return (f"| {row['parameters']:,} | {row['batchTokens']} | {row['tokensPerSecond']:,.0f} | "
            f"{row['gigaFLOPsPerSecond']:.0f} | {100 * row['shareOfMatrixProducts']:.0f}% | "
            f"{row['torchTokensPerSecond']:,.0f} | {row['ratio']:.1f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
