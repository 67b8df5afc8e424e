/*
 * large.c - one large transfer of a process of its own, and by how much its resident memory grew on the way.
 *
 * large HOW SMALL LARGE: download and stream take paths at the server (and the file to write, for download); upload and
 * form take files, and the path at the server. A small one is made first, of the same kind; then it says "ready", waits
 * for a line, makes the large one, and says: status replays kibibytes digest. Options come from the environment.
 * Nothing that arrives is kept: of a stream, a digest remains.
 */
#include <damsession.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static dam_session *session;
static const char *how, *where;

static void stop(const char *what, const dam_error *error)
{
    fprintf(stderr, "%s: %s %s\n", what, dam_status_name(error->status), error->message);
    exit(1);
}

/* A line of /proc/self/status, in kibibytes. */
static long memory(const char *name)
{
    char line[256];
    long found = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            found = strtol(line + strlen(name) + 1, NULL, 10);
    if (file != NULL)
        fclose(file);
    return found;
}

/* Where a stream is, and what it held: only bytes that are not zero count, with their places. */
struct stream {
    int source;
    uint64_t at, digest;
};

static int32_t take(void *user_data, const void *data, size_t size)
{
    struct stream *stream = user_data;
    const unsigned char *bytes = data;
    for (uint64_t i = 0; i < size; i++, stream->at++)
        if (bytes[i] != 0)
            stream->digest = (stream->digest ^ (stream->at * 257 + bytes[i])) * UINT64_C(0x100000001b3);
    return 0;
}

static int64_t give(void *user_data, void *buffer, size_t size)
{
    struct stream *stream = user_data;
    return read(stream->source, buffer, size);
}

static int32_t rewind_source(void *user_data)
{
    struct stream *stream = user_data;
    return lseek(stream->source, 0, SEEK_SET) == 0 ? 0 : -1;
}

static void transfer(const char *what, const char *file)
{
    dam_error error = {0};
    dam_form *form = NULL;
    dam_response *response = NULL;
    dam_response_view view = DAM_RESPONSE_VIEW_INIT;
    struct stream stream = {.source = -1};
    dam_request request = DAM_REQUEST_INIT;
    request.path = what;
    request.user_data = &stream;

    if (strcmp(how, "stream") == 0)
        request.write = take;
    if (strcmp(how, "upload") == 0) {
        struct stat found;
        stream.source = open(what, O_RDONLY | O_CLOEXEC);
        if (stream.source < 0 || fstat(stream.source, &found) != 0)
            stop(what, &error);
        request.read = give;
        request.rewind = rewind_source;
        request.body_size = (uint64_t)found.st_size;
    }
    if (strcmp(how, "form") == 0) {
        if (dam_form_new(&form, &error) != DAM_OK ||
            dam_form_add_file(form, "file", what, NULL, NULL, &error) != DAM_OK)
            stop(what, &error);
        request.form = form;
    }
    if (where != NULL) {
        request.method = "PUT";
        request.path = where;
    }
    dam_status status = strcmp(how, "download") == 0
                            ? dam_session_download(session, &request, file, DAM_DOWNLOAD_REPLACE, &response, &error)
                            : dam_session_request(session, &request, &response, &error);
    if (status != DAM_OK || dam_response_get(response, &view, &error) != DAM_OK)
        stop(what, &error);
    printf("%d %u ", view.http_status, view.replays);
    dam_response_free(response);
    dam_form_free(form);
    if (stream.source >= 0)
        close(stream.source);
    printf("%ld %llu\n", memory("VmHWM"), (unsigned long long)stream.digest);
}

int main(int count, char **arguments)
{
    dam_error error = {0};
    dam_config *config = NULL;
    char line[16];

    if (count != 5)
        return 2;
    how = arguments[1];
    int uploads = strcmp(how, "upload") == 0 || strcmp(how, "form") == 0;
    where = uploads ? arguments[4] : NULL;
    if (dam_config_new(&config, &error) != DAM_OK || dam_config_load_environment(config, &error) != DAM_OK ||
        dam_session_open(config, &session, &error) != DAM_OK)
        stop("open", &error);
    setvbuf(stdout, NULL, _IOLBF, 0);
    transfer(arguments[2], arguments[4]);
    FILE *peak = fopen("/proc/self/clear_refs", "w"); /* 5: the peak begins anew with what is resident now. */
    if (peak == NULL || fputs("5", peak) < 0 || fclose(peak) != 0)
        return 3;
    printf("ready %ld\n", memory("VmRSS"));
    if (fgets(line, sizeof line, stdin) == NULL)
        return 4;
    transfer(arguments[3], arguments[4]);
    dam_session_free(session);
    dam_config_free(config);
    return 0;
}
