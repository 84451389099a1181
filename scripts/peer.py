"""The peer of `scripts/bench train`: nanoGPT's CPU configuration in PyTorch, as its users write it.

peer.py eager TEXT THREADS DEVICE     one process
peer.py pipeline TEXT MICRO_BATCHES   torch.distributed.pipelining: two ranks, 1F1B, gloo, a thread each

Prints a line of JSON about itself; then trains as many steps as each line of input says, and answers with the
seconds that they took.
"""

import json
import os
import socket
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from torch import nn
from torch.distributed.pipelining import PipelineStage, Schedule1F1B
from torch.nn import functional as F

VOCABULARY, CONTEXT, LAYERS, HEADS, WIDTH, BATCH = 256, 64, 4, 4, 128, 12


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.packed, self.mixed = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        rows, positions, _ = x.shape
        q, k, v = (
            part.view(rows, positions, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in self.packed(self.norm1(x)).split(WIDTH, dim=2)
        )
        heads = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mixed(heads.transpose(1, 2).reshape(rows, positions, WIDTH))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Stage(nn.Module):
    """Some of the blocks; what comes before them in the first stage, and after them in the last."""

    def __init__(self, first, blocks, last):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH) if first else None
        self.places = nn.Embedding(CONTEXT, WIDTH) if first else None
        self.blocks = nn.Sequential(*(Block() for _ in range(blocks)))
        self.norm = nn.LayerNorm(WIDTH, bias=False) if last else None
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False) if last else None

    def forward(self, x):
        if self.tokens is not None:
            x = self.tokens(x) + self.places(torch.arange(x.shape[1], device=x.device))
        x = self.blocks(x)
        return x if self.head is None else self.head(self.norm(x))


def loss_of(outputs, labels):
    return F.cross_entropy(outputs.reshape(-1, VOCABULARY), labels.reshape(-1))


def optimizer_of(model):
    return torch.optim.AdamW(
        model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True
    )


def batches(path, device):
    with open(path, "rb") as file:
        text = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
    draws = torch.Generator().manual_seed(1337)
    while True:
        starts = torch.randint(len(text) - CONTEXT, (BATCH,), generator=draws)
        rows = torch.stack([text[at : at + CONTEXT + 1] for at in starts]).long().to(device)
        yield rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def say(**facts):
    print(json.dumps(facts), flush=True)


def answer(train):
    """Each line of input is a number of steps."""
    for line in sys.stdin:
        start = time.perf_counter()
        processor = train(int(line))
        say(seconds=time.perf_counter() - start, processorSeconds=processor)


def eager(path, threads, device):
    torch.set_num_threads(int(threads))
    torch.manual_seed(1337)
    model = Stage(True, LAYERS, True).to(device)
    optimizer, data = optimizer_of(model), batches(path, device)

    def train(steps):
        start = time.process_time()
        for _ in range(steps):
            inputs, labels = next(data)
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(inputs), labels).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()
        return time.process_time() - start

    name = torch.cuda.get_device_name() if device == "cuda" else "cpu"
    parameters = sum(parameter.numel() for parameter in model.parameters())
    say(version=torch.__version__, device=name, parameters=parameters)
    answer(train)


def rank(number, path, micro_batches, port):
    """What trains on one rank; both have to be told at the same time."""
    torch.set_num_threads(1)
    torch.manual_seed(1337 + number)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=number, world_size=2)
    model = Stage(number == 0, LAYERS // 2, number == 1)
    stage = PipelineStage(model, number, 2, torch.device("cpu"))
    schedule = Schedule1F1B(stage, micro_batches, loss_fn=loss_of)
    optimizer, data = optimizer_of(model), batches(path, "cpu")

    def train(steps):
        start = time.process_time()
        for _ in range(steps):
            inputs, labels = next(data)
            optimizer.zero_grad(set_to_none=True)
            if number == 0:
                schedule.step(inputs)
            else:
                schedule.step(target=labels)
            clip([parameter.grad for parameter in model.parameters()])
            optimizer.step()
        spent = torch.tensor(time.process_time() - start, dtype=torch.float64)
        dist.all_reduce(spent)
        return float(spent)

    return train


def clip(gradients):
    """To a norm of 1 over both ranks."""
    square = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
    dist.all_reduce(square)
    torch._foreach_mul_(gradients, min(1.0, 1.0 / float(square.sqrt())))


def told(steps=0):
    """The first rank tells the second how many steps to train; 0 ends it."""
    steps = torch.tensor(steps)
    dist.broadcast(steps, 0)
    return int(steps)


def follow(*arguments):
    train = rank(1, *arguments)
    while steps := told():
        train(steps)


def pipeline(path, micro_batches):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = (path, int(micro_batches), port)
    second = multiprocessing.get_context("spawn").Process(target=follow, args=arguments)
    second.start()
    train = rank(0, *arguments)
    say(version=torch.__version__, device="cpu")
    answer(lambda steps: train(told(steps)))
    told(0)
    second.join()
    dist.destroy_process_group()


if __name__ == "__main__":
    modes = {"eager": eager, "pipeline": pipeline}
    modes[sys.argv[1]](*sys.argv[2:])
