"""Greedy generation with transformers: a GPT-2 of random weights, one thread; one line of JSON."""

import json
import sys
import time

import torch
import transformers

vocabulary, context, layers, heads, width, tokens = (int(value) for value in sys.argv[1:7])
torch.set_num_threads(1)
torch.manual_seed(7)
config = transformers.GPT2Config(
    vocab_size=vocabulary,
    n_positions=context,
    n_embd=width,
    n_layer=layers,
    n_head=heads,
    tie_word_embeddings=False,
    bos_token_id=0,
    eos_token_id=None,
)
model = transformers.GPT2LMHeadModel(config).eval()


def measure(rows):
    prompt = torch.randint(0, 256, (rows, 16))
    mask = torch.ones_like(prompt)

    def answer(count):
        with torch.no_grad():
            model.generate(
                prompt,
                attention_mask=mask,
                max_new_tokens=count,
                min_new_tokens=count,
                do_sample=False,
                use_cache=True,
                pad_token_id=0,
            )

    for _ in range(30):
        answer(min(tokens, 32))
    wall, cpu = time.perf_counter(), time.process_time()
    answer(tokens)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "tokensPerSecond": round(rows * tokens / wall, 1),
        "tokensPerProcessorSecond": round(rows * tokens / cpu, 1),
    }


print(
    json.dumps(
        {
            "library": "transformers " + transformers.__version__ + ", torch " + torch.__version__,
            "batch1": measure(1),
            "batch8": measure(8),
        }
    )
)
