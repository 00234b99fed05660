/* confx: finds how many PEs and how much buffer each layer of a neural network gets. */
#include "app/again.h"
#include "app/app.h"
#include "confx/compose.h"
#include "confx/try.h"

#include "app/option.h"
#include "confx/address_space.h"
#include "confx/guess.h"
#include "confx/store.h"
#include "confx/version.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* " (commit 0123abcd)": the Makefile knows it, where the sources lie in a repository. */
#ifndef CONFX_COMMIT
#define CONFX_COMMIT ""
#endif

static const command_t *const commands[] = {
    &command_run,    &command_cost,   &command_bound,  &command_report,  &command_bench,
    &command_verify, &command_export, &command_sweep,  &command_compare, &command_serve,
    &command_submit, &command_status, &command_cancel, &command_tidy,    NULL};

static void main_print_usage(FILE *out)
{
    fputs("Usage: confx COMMAND [OPTION...] [ARGUMENT...]\n"
          "Find how many processing elements and how much buffer each layer of a neural network "
          "gets on an accelerator,\n"
          "within an area or power budget.\n\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        out_print(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n  -h, --help     show this help and leave; `confx COMMAND --help' tells a command's "
          "arguments and options\n"
          "  -V, --version  show the version and leave\n\n"
          "Start it under mpirun or srun to use more ranks.\n\n"
          "Environment:\n"
          "  CONFX_DATA   directory with models, dataflows and hw in it, where names such as "
          "mobilenet_v2 are looked up\n"
          "               first; otherwise PREFIX/share/confx of an installed program, or data of "
          "the source tree\n"
          "  CONFX_TRACE  when set, a failure also tells where in the program it arose\n\n"
          "Exit codes:",
          out);
#define PRINT_CODE(code, exit_code, text)                                                          \
    out_print(out, "%s %d " text, (code) == CONFX_STATUS_OK ? "" : ",", exit_code);
    CONFX_STATUS_LIST(PRINT_CODE)
#undef PRINT_CODE
    fputs(".\n", out);
}

static const command_t *main_find_command(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name)) return commands[i];
    return NULL;
}

/* ---- options --------------------------------------------------------------------------------- */

/* argp's own --help would end the process before MPI is closed; this one only sets a flag. */
typedef struct {
    const struct argp *argp;
    void *options;
    bool help;
} main_parse_t;

enum { KEY_HELP = 'h', KEY_USAGE = 512 };

static error_t main_parse_help(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    main_parse_t *parse = state->input;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = parse->options;
        return 0;
    }
    if (key != KEY_HELP && key != KEY_USAGE) return ARGP_ERR_UNKNOWN;
    /* Under ARGP_NO_ERRS this rank is not the root and prints nothing. The flag that would end the
       process is taken out, as MPI has to be closed first, and ECANCELED ends the parsing instead,
       which app_parse tells from an error by `help`. */
    const unsigned kind = key == KEY_HELP ? ARGP_HELP_STD_HELP : ARGP_HELP_USAGE;
    if (!(state->flags & ARGP_NO_ERRS))
        argp_state_help(state, stdout, kind & ~(unsigned)ARGP_HELP_EXIT_OK);
    parse->help = true;
    return ECANCELED;
}

confx_status_t app_parse(const app_t *app, app_words_t words, const struct argp *argp,
                         void *options, bool *help)
{
    static const struct argp_option extra[] = {
        {"help", KEY_HELP, NULL, 0, "Show this help and leave", -1},
        {"usage", KEY_USAGE, NULL, 0, "Show a short usage message and leave", -1},
        {0}};
    const struct argp_child children[] = {{argp, 0, NULL, 0}, {0}};
    /* What arguments there are the child says, and argp puts those of parent and children side by
       side: said here as well they would stand twice in the usage. */
    const struct argp whole = {extra, main_parse_help, NULL, NULL, children, NULL, NULL};
    main_parse_t parse = {argp, options, false};
    char name[64];
    (void)snprintf(name, sizeof name, "confx %s", words.of[0]);
    /* Messages of argp and of option_guess begin with argv[0]. The guess comes first, because argp
       would only say that an option is unknown. All ranks parse the same words and come to the same
       result; the root alone prints. */
    words.of[0] = name;
    if (option_guess(&whole, words.n, words.of, app->root ? stderr : NULL))
        return (confx_status_t){.code = CONFX_STATUS_INPUT};
    const unsigned flags = ARGP_NO_EXIT | ARGP_NO_HELP | (app->root ? 0 : ARGP_NO_ERRS);
    const error_t error = argp_parse(&whole, words.n, words.of, flags, NULL, &parse);
    *help = parse.help;
    if (!error || parse.help) return status_ok();
    return (confx_status_t){.code = CONFX_STATUS_INPUT};
}

confx_status_t app_root_only(app_t *app, confx_status_t status)
{
    return cluster_agree(app->cluster, status);
}

confx_status_t app_run_alone(app_t *app, app_words_t words, const struct argp *argp, void *options,
                             confx_status_t (*act)(void *options))
{
    bool help;
    TRY(app_parse(app, words, argp, options, &help));
    if (help) return status_ok();
    return app_root_only(app, app->root ? act(options) : status_ok());
}

/* ---- commands -------------------------------------------------------------------------------- */

static confx_status_t main_refuse_command(const char *word)
{
    char meant[GUESS_SAID_MAX];
    guess_t guess = guess_begin(word);
    for (size_t i = 0; commands[i]; i++) guess_offer(&guess, commands[i]->name);
    guess_offer(&guess, "--help");
    guess_offer(&guess, "--version");
    (void)guess_say(&guess, meant);
    return status_input(NULL, 0, word, "no such command%s%s `confx --help' lists them", meant,
                        *meant ? "" : ";");
}

static bool main_is_one_of(const char *word, const char *one, const char *other)
{
    return !strcmp(word, one) || !strcmp(word, other);
}

/* `confx help run' is `confx run --help'. */
static confx_status_t main_help_on(app_t *app, char *name)
{
    char option[] = "--help";
    char *words[] = {name, option, NULL};
    const command_t *command = main_find_command(name);
    return command ? command->run(app, (app_words_t){2, words}) : main_refuse_command(name);
}

static confx_status_t main_dispatch(app_t *app, int argc, char **argv)
{
    if (argc < 2) {
        if (app->root) main_print_usage(stderr);
        return (confx_status_t){.code = CONFX_STATUS_INPUT};
    }
    /* A command's own words are its affair, --help among them. What is left are the words of the
       program itself. */
    const command_t *command = main_find_command(argv[1]);
    if (command) return command->run(app, (app_words_t){argc - 1, argv + 1});
    if (argc > 2 && !strcmp(argv[1], "help")) return main_help_on(app, argv[2]);
    if (main_is_one_of(argv[1], "--help", "-h") || !strcmp(argv[1], "help")) {
        if (app->root) main_print_usage(stdout);
    } else if (main_is_one_of(argv[1], "--version", "-V")) {
        if (app->root) puts("confx " CONFX_VERSION CONFX_COMMIT);
    } else {
        return main_refuse_command(argv[1]);
    }
    return status_ok();
}

/* One line, whatever the user's own words in it hold; of a stop the way to go on as well, on a line
   to be copied. */
static void main_complain(const app_t *app, const confx_status_t *status)
{
    if (!app->root || !status->message[0]) return;
    const bool again = app->resumable && status->code == CONFX_STATUS_STOPPED;
    fputs("confx: ", stderr);
    for (const char *c = status->message; *c; c++)
        fputc(iscntrl((unsigned char)*c) ? ' ' : *c, stderr);
    if (again && getenv("OMPI_COMM_WORLD_SIZE"))
        fputs(" (exit code 75; but mpirun's is 1 when it was itself told by Ctrl-C, SIGTERM or "
              "SIGHUP)",
              stderr);
    fputs(again ? "; go on with\n    " : "\n", stderr);
    if (again) again_print(app->words, app->words_n, stderr);
    if (getenv("CONFX_TRACE")) fprintf(stderr, "confx: at %s\n", status->trace);
}

/* What was printed may have failed long before, of a reason that is lost by now. */
static confx_status_t main_flush_output(void)
{
    const bool failed_before = ferror(stdout) != 0;
    if (fflush(stdout) != 0)
        return status_fail(CONFX_STATUS_IO, "standard output: cannot be written: %s",
                           strerror(errno));
    return failed_before ? status_fail(CONFX_STATUS_IO, "standard output: cannot be written")
                         : status_ok();
}

/* Room for a copy of the words, which argp puts into another order; NULL: no memory. */
static char **main_copy_words(int argc, char **argv)
{
    char **words = calloc((size_t)argc + 1, sizeof *words);
    for (int i = 0; words && i < argc; i++) words[i] = argv[i];
    return words;
}

/* Measured: commands begin to crash between 256 and 192 KiB. Their largest frame, 80 KB, is that of
   the cost model, which keeps what it knows of each tile there; paths take most of the rest. */
static confx_status_t main_expect_stack(void)
{
    enum { STACK_KIB = 512 };
    if (address_space_let_stack_grow((size_t)STACK_KIB << 10)) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "the stack may not grow to %d KiB (ulimit -s)",
                       STACK_KIB);
}

/* Before MPI, which takes its time: a signal is heard from here on. */
static confx_status_t main_begin(int argc, char **argv)
{
    const command_t *command = argc > 1 ? main_find_command(argv[1]) : NULL;
    cluster_ignore();
    if (command && command->listens) cluster_listen();
    TRY(main_expect_stack());
    return store_begin();
}

int main(int argc, char **argv)
{
    const confx_status_t begun = main_begin(argc, argv);
    /* MPI may take words of its own out of argv, and argp sorts the rest, so the copy is made
       before both. Without memory for it, the first word alone is known. */
    char **words = main_copy_words(argc, argv);
    app_t app = {.words = words ? words : argv, .words_n = words ? argc : 1};
    const confx_status_t opened =
        begun.code == CONFX_STATUS_OK ? cluster_open(&argc, &argv, &app.cluster) : begun;
    if (opened.code != CONFX_STATUS_OK) {
        free(words);
        if (cluster_may_speak()) fprintf(stderr, "confx: %s\n", opened.message);
        return confx_status_exit_code(opened.code);
    }
    app.root = cluster_is_root(app.cluster);
    confx_status_t status = main_dispatch(&app, argc, argv);
    /* The status of a command is the same on all ranks, but that of the flush is the root's own: it
       comes after the last agreement, so the others need not know it. */
    if (status.code == CONFX_STATUS_OK && app.root) status = main_flush_output();
    main_complain(&app, &status);
    cluster_close(app.cluster);
    free(words);
    return confx_status_exit_code(status.code);
}
