"""YAML as an editor sees it: the core schema of YAML 1.2, where PyYAML by itself follows 1.1.

`yes` is text, `010` is ten, `1e-3` a number. Keys are texts, and a repeated key is an error, as it is
to yaml-language-server and to mlpipe.
"""
import re

import yaml


class CoreLoader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}


def resolver(tag, pattern, first):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


resolver("null", r"~|null|Null|NULL|", ["~", "n", "N", ""])
resolver("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF"))
resolver("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789"))
resolver("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
         list("-+.0123456789"))
resolver("merge", "<<", ["<"])


def construct_int(_, node):
    text = node.value
    return int(text, 0) if text.startswith(("0o", "0x")) else int(text)


def construct_map(loader, node):
    own = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
    for key in own:
        if own.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key} is there twice", node.start_mark)
    loader.flatten_mapping(node)
    made = {}
    for key, value in node.value:  # what is merged comes first, so that own keys win
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a list or map cannot be a key", key.start_mark)
        made[key.value] = loader.construct_object(value, deep=True)
    return made


CoreLoader.add_constructor("tag:yaml.org,2002:int", construct_int)
CoreLoader.add_constructor("tag:yaml.org,2002:map", construct_map)


def load(text):
    return yaml.load(text, CoreLoader)
