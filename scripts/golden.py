"""Tiny model folders with known logits, and checks of folders that others wrote; see scripts/golden."""

import json
import pathlib
import sys

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

VOCABULARY = 64
POSITIONS = 16


def configs():
    usual = dict(vocab_size=VOCABULARY, bos_token_id=1, eos_token_id=2)
    llama = dict(
        usual,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=POSITIONS,
    )
    yield "gpt2", transformers.GPT2Config(**usual, n_positions=POSITIONS, n_embd=16, n_layer=2, n_head=2)
    yield "llama", transformers.LlamaConfig(**llama, num_key_value_heads=4, rms_norm_eps=1e-6)
    yield "mistral", transformers.MistralConfig(
        **llama, num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5, sliding_window=None
    )
    yield "qwen2", transformers.Qwen2Config(**llama, num_key_value_heads=2, tie_word_embeddings=True)
    yield "llama3", transformers.LlamaConfig(
        **dict(llama, max_position_embeddings=32),
        num_key_value_heads=1,
        attention_bias=True,
        rope_parameters=dict(
            rope_type="llama3",
            rope_theta=500.0,
            factor=4.0,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
            original_max_position_embeddings=16,
        ),
    )


def randomize(model):
    """Weights large enough for every part to matter."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            draws = torch.randn_like(weight)
            if weight.dim() > 1:
                weight.copy_(draws * (0.5 if "embed" in name or "wte" in name else 0.3))
            else:
                weight.copy_(draws * 0.2 + (1 if "norm" in name or "ln_" in name else 0) * ("bias" not in name))


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].float()


def golden(model, folder, file="golden.safetensors"):
    length = min(12, model.config.max_position_embeddings)
    ids = torch.randint(0, VOCABULARY, (length,)).tolist()
    save_file({"ids": torch.tensor(ids).float(), "logits": logits(model, ids)}, folder / file)


def make(root):
    for number, (name, config) in enumerate(configs()):
        torch.manual_seed(number)
        model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
        randomize(model)
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        shards = dict(max_shard_size="20KB") if name == "mistral" else {}
        model.save_pretrained(folder, **shards)
        golden(model, folder)
        if name in ("gpt2", "llama"):
            adapter(model, folder / "adapter", name)
    tokenizer(root / "tokenizer")
    fallback(root / "tokenizer-llama")


def adapter(model, folder, name):
    modules = ["c_attn", "c_fc", "c_proj"] if name == "gpt2" else ["q_proj", "v_proj", "down_proj"]
    tuned = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=8, target_modules=modules, fan_in_fan_out=name == "gpt2", task_type="CAUSAL_LM")
    ).eval()
    with torch.no_grad():
        for key, weight in tuned.named_parameters():
            if "lora_B" in key:
                weight.copy_(torch.randn_like(weight) * 0.1)
    tuned.save_pretrained(folder)
    for extra in ("README.md",):
        (folder / extra).unlink(missing_ok=True)
    golden(tuned, folder)


def tokenizer(folder):
    folder.mkdir(parents=True, exist_ok=True)
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    text = ["the miner and the auditor sum the same numbers", "and the chain remembers what they said", "über Änderungen"]
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    )
    made.train_from_iterator(text, trainer)
    samples(made, folder, ["the miner", " said the chain\n", "ΔΩ größer 😀", "<|im_start|>user\nhello<|im_end|>", ""])


def fallback(folder):
    """In the form of Llama's: no bytes but for what no piece has, a space before the first word, a token at the beginning."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{value:02X}>" for value in range(256)]
    pieces += ["▁", *"abcdehimnorst", "▁m", "▁t", "▁th", "▁the", "in", "er", "▁min", "▁miner"]
    merges = [("▁", "m"), ("▁", "t"), ("▁t", "h"), ("▁th", "e"), ("i", "n"), ("e", "r"), ("▁m", "in"), ("▁min", "er")]
    made = Tokenizer(models.BPE({it: id for id, it in enumerate(pieces)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    made.add_special_tokens(["<s>", "</s>"])
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    samples(made, folder, ["the miner", "then me", "ΔΩ größer 😀\n", ""])


def samples(made, folder, texts):
    made.save(str(folder / "tokenizer.json"), pretty=False)
    known = [
        {"text": it, "ids": made.encode(it, add_special_tokens=False).ids, "prompt": made.encode(it).ids} for it in texts
    ]
    (folder / "golden.json").write_text(json.dumps({"samples": known}, ensure_ascii=False, indent=1) + "\n")


def error(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


def check(folder):
    """A folder of ours: loads without a warning and gives golden.safetensors' logits."""
    model, report = transformers.AutoModelForCausalLM.from_pretrained(
        folder, output_loading_info=True, dtype=torch.float32, attn_implementation="eager"
    )
    left = {kind: sorted(names) for kind, names in report.items() if names}
    if left:
        sys.exit(f"golden: {folder}: {left}")
    report_error(model.eval(), folder)
    if (folder / "tokenizer.json").exists():
        tokens = transformers.AutoTokenizer.from_pretrained(folder)
        for text in ["the miner", "größer 😀\n"]:
            if tokens.decode(tokens(text, add_special_tokens=False)["input_ids"]) != text:
                sys.exit(f"golden: {folder}: its tokenizer loses {text!r}")


def check_adapter(folder, base):
    model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager")
    report_error(PeftModel.from_pretrained(model, folder).eval(), folder)


def says(folder, base, prompt, count):
    """An adapter folder of ours on a model folder of ours: what the likeliest tokens after the prompt say."""
    model = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(model, folder).eval()
    tokens = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokens(prompt, add_special_tokens=False)["input_ids"]
    for _ in range(int(count)):
        ids.append(logits(model, ids)[-1].argmax().item())
    print(json.dumps({"text": tokens.decode(ids[-int(count) :])}))


def report_error(model, folder):
    known = load_file(folder / "golden.safetensors")
    found = error(logits(model, known["ids"].long().tolist()), known["logits"])
    print(f"golden: {folder.name}: logits off by {found:.2e}")
    if not found <= 1e-4:
        sys.exit(f"golden: {folder}: logits differ by {found:.2e} of the largest")


def main():
    command, *words = sys.argv[1:]
    torch.set_num_threads(1)
    if command == "says":
        says(*words)
        return
    folders = [pathlib.Path(it) for it in words]
    if command == "make":
        make(*folders)
    elif command == "adapter":
        check_adapter(*folders)
    else:
        for folder in folders:
            check(folder)


if __name__ == "__main__":
    main()
