/*
 * abi_ends.c - how things end: one by one in the middle of whatever is under way, and all that are left at the last.
 */
#include "abi.h"

#include <stdlib.h>

static void free_loop(struct play *play, int slot)
{
    dam_loop_free(play->loops[slot]);
    play->loops[slot] = NULL;
    play->in_loop[slot] = 0;
}

/* In the middle of whatever is under way; sessions live on in what uses them. */
void play_free(struct play *play)
{
    int slot = byte(play) % SLOTS;
    switch (byte(play) % 7) {
    case 0: free_loop(play, slot); break;
    case 1:
        join_beside(play);
        dam_session_free(play->sessions[slot]);
        play->sessions[slot] = NULL;
        break;
    case 2:
        dam_response_free(play->responses[slot]);
        play->responses[slot] = NULL;
        break;
    case 3:
        dam_authorization_free(play->authorizations[slot]);
        play->authorizations[slot] = NULL;
        break;
    case 4:
        dam_config_free(play->configs[slot]);
        play->configs[slot] = NULL;
        break;
    case 5:
        drain(play, slot);
        free_loop(play, slot);
        break;
    default: dam_string_free(play->handles[slot]); play->handles[slot] = NULL;
    }
}

/* Every _free takes NULL. */
void finish(struct play *play)
{
    join_beside(play);
    if (!play->is_child)
        server_cancels(NULL);
    for (int slot = 0; slot < SLOTS; slot++) {
        if (play->end > play->at || byte(play) == 0)
            drain(play, slot);
        dam_loop_free(play->loops[slot]);
    }
    /* Only now: what a loop calls back may ask any session. */
    for (int slot = 0; slot < SLOTS; slot++) {
        dam_authorization_free(play->authorizations[slot]);
        dam_session_free(play->sessions[slot]);
        dam_config_free(play->configs[slot]);
        dam_response_free(play->responses[slot]);
        dam_canceller_free(play->cancellers[slot]);
        dam_form_free(play->forms[slot]);
        dam_string_free(play->handles[slot]);
    }
    while (play->text_count > 0)
        free(play->texts[--play->text_count]);
    for (struct job *job = play->jobs, *next; job != NULL; job = next) {
        next = job->next;
        free(job);
    }
}
