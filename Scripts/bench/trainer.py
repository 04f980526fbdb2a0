"""Training steps of the laboratory's transformer in PyTorch, eager mode: what a user would write instead.

The same architecture, batch, loss and optimiser as distill-train; PyTorch's own fused attention and fused
AdamW are used where they are faster. Prints a JSON line a size.
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn


def rotate(x, cos, sin):
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-high, low), dim=-1) * sin


class Layer(nn.Module):
    def __init__(self, width, hidden, head=8):
        super().__init__()
        self.head = head
        self.attention_norm = nn.RMSNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.query_norm = nn.RMSNorm(head, eps=1e-6)
        self.key_norm = nn.RMSNorm(head, eps=1e-6)
        self.out = nn.Linear(width, width, bias=False)
        self.feed_forward_norm = nn.RMSNorm(width, eps=1e-6)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, cos, sin):
        batch, context, width = x.shape
        q, k, v = self.qkv(self.attention_norm(x)).view(batch, context, 3, -1, self.head).unbind(2)
        q = rotate(self.query_norm(q).transpose(1, 2), cos, sin)
        k = rotate(self.key_norm(k).transpose(1, 2), cos, sin)
        y = F.scaled_dot_product_attention(q, k, v.transpose(1, 2), is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, context, width))
        gate, up = self.gate_up(self.feed_forward_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Transformer(nn.Module):
    def __init__(self, layers, context, vocabulary):
        super().__init__()
        width = 8 * layers
        hidden = (width * 8 // 3 + 7) // 8 * 8
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(Layer(width, hidden) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.output = nn.Linear(width, vocabulary, bias=False)
        angles = torch.arange(context)[:, None] * 100.0 ** (-torch.arange(4) / 4)[None, :]
        self.register_buffer("cos", angles.cos().repeat(1, 2))
        self.register_buffer("sin", angles.sin().repeat(1, 2))

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, self.cos, self.sin)
        return self.output(self.norm(x))


def measure(layers, batch_tokens, threads, seconds, context=128, vocabulary=128):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Transformer(layers, context, vocabulary)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=1e-4, fused=True)
    data = torch.randint(0, vocabulary, (64, batch_tokens // context, context + 1))

    def step(index):
        batch = data[index % len(data)]
        logits = model(batch[:, :-1]).reshape(-1, vocabulary)
        z = torch.logsumexp(logits, dim=-1)
        loss = F.cross_entropy(logits, batch[:, 1:].reshape(-1)) + 1e-4 * (z * z).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()

    for index in range(5):
        step(index)
    start = time.perf_counter()
    steps = 0
    while time.perf_counter() - start < seconds:
        step(steps)
        steps += 1
    elapsed = time.perf_counter() - start
    matrices = sum(p.numel() for layer in model.layers for p in layer.parameters() if p.dim() == 2)
    return {"layers": layers, "parameters": matrices, "batchTokens": batch_tokens, "threads": threads,
            "tokensPerSecond": steps * batch_tokens / elapsed, "software": f"PyTorch {torch.__version__}, eager"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", type=int, nargs="+", default=[2, 4, 6, 8, 10])
    parser.add_argument("--batch-tokens", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    for layers in options.layers:
        print(json.dumps(measure(layers, options.batch_tokens, options.threads, options.seconds)), flush=True)
