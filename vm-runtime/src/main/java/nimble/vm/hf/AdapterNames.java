package nimble.vm.hf;

/// Files of an adapter folder.
final class AdapterNames {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";

  private AdapterNames() {}
}
