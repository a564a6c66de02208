"""llama.cpp's own server, from the package `xllamacpp`, as a process beside Hearth's.

The only argument is a JSON object: model, context, threads (0 leaves the choice to it), parallel,
batch, micro, cache_mib (its memory for prompts), guess (its own guessing from the prompt). Prints one
JSON line with its address, its own load time and the memory that Python takes before that, then
serves until its standard input ends.
"""

import json
import os
import sys
import time

import xllamacpp
from measure import pss


def main() -> None:
    shape = json.loads(sys.argv[1])
    params = xllamacpp.CommonParams()
    params.model.path = shape["model"]
    params.n_ctx = shape["context"]
    params.n_parallel = shape["parallel"]
    params.kv_unified = True
    params.n_batch = shape["batch"]
    params.n_ubatch = shape["micro"]
    if shape["threads"]:
        params.cpuparams.n_threads = shape["threads"]
        params.cpuparams_batch.n_threads = shape["threads"]
    params.cache_ram_mib = shape["cache_mib"]
    if shape["guess"]:
        # What its option `--spec-default` chooses.
        params.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_MOD]
    params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_F16
    params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F16
    params.use_jinja = True
    params.verbosity = -1
    params.port = 0
    base, begin = pss(os.getpid()), time.monotonic()
    server = xllamacpp.Server(params)
    said = {"url": server.listening_address, "load_s": time.monotonic() - begin, "base": base}
    print(json.dumps(said), flush=True)
    sys.stdin.read()


main()
