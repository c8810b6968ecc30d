/*
 * A stand-in for Rockchip's librkllmrt, for tests: the same symbols, layouts and habits as far as
 * they are publicly known, and no language model. Written from facts (names, sizes, offsets,
 * reported behaviour); no vendor text. It was never compared with a real library.
 *
 * Compile with -DFAKE_VERSION=10203 (major * 10000 + minor * 100 + patch; 10100, 10200, 10201,
 * 10202, 10203, 10300), and -DFAKE_TEXT="1.2.3" for the version text inside the file.
 *
 * Behaviour is chosen by environment variables, read at each call:
 *   RKLLM_FAKE_REPLY   what the model says                        (default "The answer is 42.")
 *   RKLLM_FAKE_SPLIT   how a character of several bytes arrives:
 *                        whole  in one callback (default)
 *                        bytes  byte by byte; WAITING until it is whole
 *                        grow   WAITING with the bytes so far, then NORMAL with all of them
 *                        null   WAITING without text, then NORMAL with all of them
 *   RKLLM_FAKE_LOG     file to which each call is appended, one line each
 *   RKLLM_FAKE_GATE    a FIFO: the prefill lasts until it can read a byte from it
 *   RKLLM_FAKE_PACE    milliseconds that a token takes (default 0)
 *   RKLLM_FAKE_FAULT   what goes wrong, one of:
 *                        init-oom init-null init-segv init-hang
 *                        template-refused cache-refused cache-unwritten clear-refused
 *                        run-status (returns -1)      run-error (tells ERROR, returns 0)
 *                        run-silent (returns 0, having done nothing)
 *                        run-cut (some tokens, returns 0, never FINISH)
 *                        run-segv (after some tokens) run-hang (after some tokens)
 *   RKLLM_FAKE_NEXT    file that holds a fault's name: it happens once, and removes the file; for
 *                      what goes wrong in a process that runs already
 *   RKLLM_FAKE_ONCE    file; while it exists a fault happens and removes it, without it none does
 *
 * Habits kept: tokens come from a thread that is not the caller's; an abort is honoured only after
 * the prefill and one token; a run during a run is refused; a callback that returns 1 pauses;
 * positions are refused by rkllm_clear_kv_cache unless paused without history; rkllm_run_async of
 * 1.2.1 never calls back; a parameter struct of another version's layout is refused (the real
 * library would corrupt memory) because the marked reserved bytes were written to, and a
 * keep_history where 1.3.0 expects a pointer likewise.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef FAKE_TEXT
#define BANNER "rkllm-runtime version: " FAKE_TEXT
#else
#define BANNER "rkllm-runtime"
#endif
#define AT_LEAST(version) (FAKE_VERSION >= (version))
#define EXPORT __attribute__((visibility("default")))

enum { TOLD_NORMAL, TOLD_WAITING, TOLD_FINISH, TOLD_ERROR };
enum { MARK = 0xA5, KV_BYTES = 1 << 20, BYTES_PER_TOKEN = 4 };

typedef struct {
    int32_t base_domain_id;
    int8_t embed_flash, enabled_cpus_num;
    uint32_t enabled_cpus_mask;
    uint8_t n_batch;
    int8_t use_cross_attn;
    uint8_t reserved[104];
} Extend;

typedef struct {
    const char *model_path;
    int32_t max_context_len, max_new_tokens, top_k, n_keep;
    float top_p, temperature, repeat_penalty, frequency_penalty, presence_penalty;
    int32_t mirostat;
    float mirostat_tau, mirostat_eta;
    bool skip_special_token;
#if AT_LEAST(10300)
    bool ignore_eos_token;
#endif
    bool is_async;
#if !AT_LEAST(10300)
    const char *img_start, *img_end, *img_content;
#endif
    Extend extend;
} Param;

typedef struct {
    const char *role;
    bool enable_thinking;
    int input_type;
    union {
        const char *prompt;
        uint64_t room[AT_LEAST(10300) ? 18 : 6];
    } data;
} Input;

typedef struct {
    int save;
    const char *path;
} CacheParam;

typedef struct {
    int mode;
    void *lora;
    CacheParam *cache;
#if AT_LEAST(10300)
    void *sampling;
#endif
    int keep_history;
#if AT_LEAST(10300)
    int32_t max_new_tokens;
#endif
} Infer;

typedef struct {
    const char *text;
    int32_t token_id;
    uint64_t hidden[2], logits[2];
    struct {
        float prefill_ms;
        int prefill_tokens;
        float generate_ms;
        int generate_tokens;
        float memory_mb;
    } perf;
} Result;

typedef int (*Callback)(Result *, void *, int);

typedef struct {
    Callback told;
    void *userdata;
    void *others[4];
} Callbacks;

typedef struct {
    Callback told;
    void *userdata;
    char *kv;
    bool kept, paused;
    volatile bool running, aborted;
    Input *input;
    Infer *infer;
    int status;
} Model;

static const char *set(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* Whether the file RKLLM_FAKE_NEXT asks for this fault; it is asked for once. */
static bool is_next(const char *name) {
    char asked[32] = "";
    const char *path = set("RKLLM_FAKE_NEXT", "");
    FILE *file = *path ? fopen(path, "r") : NULL;
    if (!file) return false;
    bool same = fgets(asked, sizeof asked, file) && !strcmp(asked, name);
    fclose(file);
    return same && unlink(path) == 0;
}

static bool fault(const char *name) {
    if (is_next(name)) return true;
    if (strcmp(set("RKLLM_FAKE_FAULT", ""), name) != 0) return false;
    const char *once = set("RKLLM_FAKE_ONCE", "");
    return !*once || unlink(once) == 0;
}

static void note(const char *what, const char *text) {
    const char *path = set("RKLLM_FAKE_LOG", "");
    if (!*path) return;
    FILE *log = fopen(path, "a");
    if (!log) return;
    fprintf(log, "%s", what);
    for (; *text; text++) fprintf(log, *text == '\n' ? "\\n" : "%c", *text);
    fputc('\n', log);
    fclose(log);
}

static void crash(void) { raise(SIGSEGV); }
static void hang(void) { for (;;) pause(); }

static int refuse(const char *why) {
    fprintf(stderr, "E rkllm: %s\n", why);
    note("refused ", why);
    return -1;
}

EXPORT Param rkllm_createDefaultParam(void) {
    Param param;
    memset(&param, 0, sizeof param);
    param.max_context_len = 512, param.max_new_tokens = -1, param.top_k = 40;
    param.top_p = 0.9f, param.temperature = 0.8f, param.repeat_penalty = 1.1f;
    param.extend.n_batch = 1;
    memset(param.extend.reserved, MARK, sizeof param.extend.reserved);
    return param;
}

static bool marked(const Extend *extend) {
    for (size_t i = 0; i < sizeof extend->reserved; i++)
        if (extend->reserved[i] != MARK) return false;
    return true;
}

EXPORT int rkllm_init(void **handle, Param *param, void *callback) {
    if (!marked(&param->extend)) return refuse("parameters have another version's layout");
    char line[256];
    snprintf(line, sizeof line, "domain=%d cpus=%d mask=0x%x context=%d new=%d top_k=%d async=%d",
             param->extend.base_domain_id, param->extend.enabled_cpus_num,
             param->extend.enabled_cpus_mask, param->max_context_len, param->max_new_tokens,
             param->top_k, param->is_async);
    note("init ", line);
    printf("I rkllm: %s, rknpu driver version: 0.9.8, platform: RK3576\n", BANNER);
    if (access(param->model_path, R_OK) != 0) return refuse("the model cannot be opened");
    if (fault("init-oom")) return refuse("failed to malloc npu memory");
    if (fault("init-segv")) crash();
    if (fault("init-hang")) hang();
    *handle = NULL;
    if (fault("init-null")) return 0;
    Model *model = calloc(1, sizeof *model);
    model->kv = calloc(1, KV_BYTES);
    if (AT_LEAST(10300)) {
        model->told = ((Callbacks *)callback)->told;
        model->userdata = ((Callbacks *)callback)->userdata;
    } else {
        model->told = (Callback)callback;
    }
    *handle = model;
    return 0;
}

EXPORT int rkllm_destroy(void *handle) {
    Model *model = handle;
    note("destroy", "");
    free(model->kv);
    free(model);
    return 0;
}

static int tell(Model *model, Result *result, int state) {
    return model->told(result, model->userdata, state);
}

/* Bytes of the UTF-8 character that begins with `lead`. */
static int width(unsigned char lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* One character, as RKLLM_FAKE_SPLIT says; the callback's last answer. */
static int tell_character(Model *model, const char *bytes, int count) {
    const char *how = set("RKLLM_FAKE_SPLIT", "whole");
    bool by_bytes = !strcmp(how, "bytes"), empty = !strcmp(how, "null");
    int answer = 0, done = 0;
    for (int sent = 1; sent < count && strcmp(how, "whole"); sent++) {
        char part[8] = {0};
        memcpy(part, bytes + (by_bytes ? sent - 1 : 0), by_bytes ? 1 : sent);
        Result result = {.text = empty ? NULL : part};
        if ((answer = tell(model, &result, TOLD_WAITING))) return answer;
        if (by_bytes) done = sent;
    }
    char rest[8] = {0};
    memcpy(rest, bytes + done, count - done);
    Result result = {.text = rest};
    answer = tell(model, &result, TOLD_NORMAL);
    memset(rest, '#', sizeof rest - 1); /* a result is valid only inside the callback */
    return answer;
}

static void prefill(Model *model) {
    const char *gate = set("RKLLM_FAKE_GATE", "");
    note("prefill ", model->input->data.prompt);
    strncat(model->kv, model->input->data.prompt, KV_BYTES - strlen(model->kv) - 1);
    note("sees ", model->kv);
    if (!*gate) return;
    char byte;
    int fifo = open(gate, O_RDONLY);
    if (read(fifo, &byte, 1) < 0) note("gate ", "unreadable");
    close(fifo);
}

static void save(const Model *model) {
    const CacheParam *cache = model->infer->cache;
    if (!cache || !cache->save || fault("cache-unwritten")) return;
    FILE *file = fopen(cache->path, "w");
    fputs(model->kv, file);
    fclose(file);
}

/* The tokens of the reply; how many, or -1 once paused, aborted or cut. */
static int generate(Model *model, char *said) {
    const char *reply = set("RKLLM_FAKE_REPLY", "The answer is 42.");
    int tokens = 0;
    useconds_t pace = 1000 * (useconds_t)atoi(set("RKLLM_FAKE_PACE", "0"));
    while (*reply) {
        usleep(pace);
        int count = width((unsigned char)*reply);
        if (tell_character(model, reply, count) == 1) {
            model->paused = true;
            return -1;
        }
        strncat(said, reply, count);
        reply += count;
        if (++tokens == 3) {
            if (fault("run-segv")) crash();
            if (fault("run-hang")) hang();
            if (fault("run-cut")) return -1;
        }
        if (model->aborted) return -1; /* never before the first token */
    }
    return tokens;
}

static void *work(void *argument) {
    Model *model = argument;
    char *said = calloc(1, KV_BYTES);
    model->status = 0;
    if (fault("run-status")) {
        model->status = -1;
    } else if (fault("run-error")) {
        tell(model, &(Result){0}, TOLD_ERROR);
    } else if (!fault("run-silent")) {
        prefill(model);
        save(model);
        int tokens = generate(model, said);
        if (tokens >= 0) {
            Result result = {0};
            result.perf.prefill_ms = 100, result.perf.generate_ms = 50.0f * tokens;
            result.perf.prefill_tokens = (int)strlen(model->kv) / BYTES_PER_TOKEN + 1;
            result.perf.generate_tokens = tokens, result.perf.memory_mb = 512;
            tell(model, &result, TOLD_FINISH);
        }
    }
    if (model->kept)
        strncat(model->kv, said, KV_BYTES - strlen(model->kv) - 1);
    else if (!model->paused)
        model->kv[0] = 0;
    free(said);
    return NULL;
}

EXPORT int rkllm_run(void *handle, Input *input, Infer *infer, void *userdata) {
    Model *model = handle;
    if (model->running) return refuse("busy: one run at a time");
#if AT_LEAST(10300)
    if (infer->sampling && (uintptr_t)infer->sampling < 4096)
        return refuse("inference parameters have another version's layout");
#endif
    char line[96];
    snprintf(line, sizeof line, "keep=%d type=%d mode=%d thinking=%d role=%s", infer->keep_history,
             input->input_type, infer->mode, input->enable_thinking, input->role);
    note("run ", line);
    if (userdata) model->userdata = userdata;
    if (!infer->keep_history && !model->paused) model->kv[0] = 0;
    model->running = true, model->paused = false;
    model->kept = infer->keep_history, model->input = input, model->infer = infer;
    pthread_t thread;
    pthread_create(&thread, NULL, work, model);
    pthread_join(thread, NULL);
    model->running = model->aborted = false;
    return model->status;
}

EXPORT int rkllm_run_async(void *handle, Input *input, Infer *infer, void *userdata) {
    return FAKE_VERSION == 10201 ? 0 : rkllm_run(handle, input, infer, userdata);
}

EXPORT int rkllm_abort(void *handle) {
    Model *model = handle;
    note("abort ", model->running ? "running" : "idle");
    model->aborted = model->running;
    return 0;
}

EXPORT int rkllm_is_running(void *handle) {
    bool running = ((Model *)handle)->running;
    return AT_LEAST(10300) ? running : !running;
}

EXPORT int rkllm_load_prompt_cache(void *handle, const char *path) {
    Model *model = handle;
    note("load-cache", "");
    FILE *file = fault("cache-refused") ? NULL : fopen(path, "r");
    if (!file) return refuse("the prompt cache cannot be read");
    model->kv[fread(model->kv, 1, KV_BYTES - 1, file)] = 0;
    fclose(file);
    return 0;
}

EXPORT int rkllm_release_prompt_cache(void *handle) {
    ((Model *)handle)->kv[0] = 0;
    return 0;
}

EXPORT int rkllm_load_lora(void *handle, void *adapter) {
    (void)handle, (void)adapter;
    return 0;
}

#if AT_LEAST(10200)
EXPORT int rkllm_set_chat_template(void *handle, const char *system, const char *before,
                                   const char *after) {
    char line[96];
    (void)handle;
    snprintf(line, sizeof line, "%zu %zu %zu bytes", strlen(system), strlen(before), strlen(after));
    note("template ", line);
    return fault("template-refused") ? refuse("no template") : 0;
}
#endif

#if AT_LEAST(10201)
EXPORT int rkllm_clear_kv_cache(void *handle, int keep_system, int *from, int *to) {
    Model *model = handle;
    (void)keep_system;
    note("clear", "");
    if (fault("clear-refused")) return refuse("cannot clear");
    if ((from || to) && (model->kept || !model->paused))
        return refuse("positions are valid only without history and while paused");
    model->kv[0] = 0, model->paused = false;
    return 0;
}

EXPORT int rkllm_get_kv_cache_size(void *handle, int *sizes) {
    sizes[0] = (int)strlen(((Model *)handle)->kv) / BYTES_PER_TOKEN;
    return 0;
}

EXPORT int rkllm_set_function_tools(void *h, const char *system, const char *tools, const char *tag) {
    (void)h, (void)system, (void)tools, (void)tag;
    return 0;
}

EXPORT int rkllm_set_cross_attn_params(void *handle, void *params) {
    (void)handle, (void)params;
    return 0;
}
#endif
