"""llama.cpp's own server, from the package `xllamacpp`, as a process beside Hearth's.

Arguments: model, context, threads, parallel, n_batch, n_ubatch. Prints one JSON line with its
address and its own load time, then serves until its standard input ends.
"""

import json
import sys
import time

import xllamacpp


def main() -> None:
    model, context, threads, parallel, batch, micro = sys.argv[1:7]
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx = int(context)
    params.n_parallel = int(parallel)
    params.kv_unified = True
    params.n_batch = int(batch)
    params.n_ubatch = int(micro)
    params.cpuparams.n_threads = int(threads)
    params.cpuparams_batch.n_threads = int(threads)
    params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_F16
    params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F16
    params.use_jinja = True
    params.verbosity = -1
    params.port = 0
    begin = time.monotonic()
    server = xllamacpp.Server(params)
    loaded = time.monotonic() - begin
    print(json.dumps({"url": server.listening_address, "load_s": loaded}), flush=True)
    sys.stdin.read()


main()
