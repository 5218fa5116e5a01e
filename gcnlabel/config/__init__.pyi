from gcnlabel.config.loading import dump_config, load_config, named_code, parse_config, preset_names
from gcnlabel.config.schema import Config

__all__ = ["Config", "dump_config", "load_config", "named_code", "parse_config", "preset_names"]
