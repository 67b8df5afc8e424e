/*
 * organizations.c - the command `organizations`: those of the user, and the one that the session acts for.
 */
#include "arguments.h"
#include "commands.h"
#include "exit_code.h"
#include "print.h"
#include "say.h"
#include "work.h"

#include <damsession.h>

#include <stdio.h>

static int32_t print_organization(void *user_data, const dam_organization *organization)
{
    static const char *const words[] = {"null", "false", "true"};
    struct rows *list = user_data;
    int known = organization->member < 0 ? 0 : 1 + (organization->member > 0);
    if (list->json) {
        print_json_member(list->count++ > 0 ? ",{" : "[{", "id", organization->id);
        print_json_member(",", "name", organization->name);
        printf(",\"member\":%s,\"selected\":%s}", words[known], words[1 + (organization->selected != 0)]);
        return DAM_OK;
    }
    print_clean(stdout, organization->id);
    putchar('\t');
    print_clean(stdout, organization->name);
    printf("\t%s\t%s\n",
           known == 0   ? "unknown"
           : known == 1 ? "no-member"
                        : "member",
           organization->selected ? "selected" : "-");
    return DAM_OK;
}

int run_organizations(const struct arguments *arguments, struct work *work)
{
    struct rows list = {.json = is_given(arguments, FLAG_JSON)};
    dam_error error;
    dam_status status = dam_session_list_organizations(work->session, print_organization, &list, &error);
    if (status == DAM_ERR_ORGANIZATION_REFUSED) { /* who chose a wrong one wants to see which there are. */
        say("%s; these are there:", error.message);
        dam_session_free(work->session);
        work->session = NULL;
        int code = set_option(work, "organization", NULL);
        if (code == EXIT_OK)
            code = start_session(work);
        if (code != EXIT_OK)
            return code;
        status = dam_session_list_organizations(work->session, print_organization, &list, &error);
    }
    if (status != DAM_OK)
        return report(&error);
    end_rows(&list);
    return EXIT_OK;
}
