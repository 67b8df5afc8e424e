/*
 * abuse_pairs.c - queries and forms from names and values: what is encoded how, and lists that are none.
 */
#include "abuse.h"

#include <stdlib.h>

static const dam_pair two[] = {{"term", "caf\xc3\xa9 & more"},
                               {"n\xc3\xa6"
                                "me=",
                                ""}};

static void check_path(const char *path, size_t count, const char *wanted)
{
    char *text = NULL;
    check_note(path);
    EXPECT(DAM_OK, dam_path_with_query(path, two, count, &text, err));
    CHECK(strcmp(text, wanted) == 0, "%s", text);
    dam_string_free(text);
}

static void check_form(const dam_pair *pairs, size_t count, const char *wanted)
{
    char *text = NULL;
    EXPECT(DAM_OK, dam_encode_form(pairs, count, &text, err));
    CHECK(strcmp(text, wanted) == 0, "%s", text);
    dam_string_free(text);
}

/* Neither function takes a list that is none, wherever in it the fault is. */
static void refuse_list(const dam_pair *pairs, size_t count)
{
    char *text = NULL;
    REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query("mem/search", pairs, count, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_encode_form(pairs, count, &text, err), text);
}

void abuse_pairs(void)
{
    char *text = NULL;
    dam_pair *many = calloc(10001, sizeof *many);
    CHECK(many != NULL, "a long list");
    for (size_t at = 0; at < 10001; at++)
        many[at] = (dam_pair){"a", "b"};

    check_path("mem/search", 2, "mem/search?term=caf%C3%A9%20%26%20more&n%C3%A6me%3D=");
    check_path("mem/search?page=2", 1, "mem/search?page=2&term=caf%C3%A9%20%26%20more");
    check_path("mem/search?", 1, "mem/search?term=caf%C3%A9%20%26%20more");
    check_path("mem/search?page=2&", 1, "mem/search?page=2&term=caf%C3%A9%20%26%20more");
    check_path("mem/search", 0, "mem/search");
    check_path("", 1, "?term=caf%C3%A9%20%26%20more");
    check_form(two, 2, "term=caf%C3%A9%20%26%20more&n%C3%A6me%3D=");
    check_form(NULL, 0, "");
    EXPECT(DAM_OK, dam_encode_form(many, 10000, &text, err));
    CHECK(strlen(text) == 39999, "ten thousand pairs");
    dam_string_free(text);
    text = NULL;

    REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query(NULL, two, 2, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query("a", NULL, 2, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query("a", two, 2, NULL, err), check_nothing);
    REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query("a#b", two, 2, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_encode_form(NULL, 2, &text, err), text);
    REFUSES(DAM_ERR_ARGUMENT, dam_encode_form(two, 2, NULL, err), check_nothing);
    refuse_list(many, 10001);
    refuse_list(many, SIZE_MAX);
    many[9].name = NULL;
    refuse_list(many, 10);
    many[9] = (dam_pair){"a", NULL};
    refuse_list(many, 10);
    for (const char *const *bad = not_utf8; *bad != NULL; bad++) {
        check_note(*bad);
        REFUSES(DAM_ERR_ARGUMENT, dam_path_with_query(*bad, two, 2, &text, err), text);
        many[9] = (dam_pair){*bad, "b"};
        refuse_list(many, 10);
        many[9] = (dam_pair){"a", *bad};
        refuse_list(many, 10);
    }
    free(many);
}
