/*
 * layout.c - prints size and offsets of every public struct, one `struct.field offset size` a line.
 *
 * abi.py prints the same for the Python table; the two must not differ in a byte. It refuses to say what the numbers
 * should be: they are the ABI, and the committed Python table is their memory.
 */
#include <damsession.h>

#include <stdio.h>

#define STRUCT(type) printf("%s %zu\n", #type, sizeof(type))
#define FIELD(type, field) \
    printf("%s.%s %zu %zu\n", #type, #field, offsetof(type, field), sizeof(((type *)NULL)->field))

int main(void)
{
    STRUCT(dam_error);
    FIELD(dam_error, status);
    FIELD(dam_error, http_status);
    FIELD(dam_error, retry_after);
    FIELD(dam_error, reserved);
    FIELD(dam_error, message);

    STRUCT(dam_option);
    FIELD(dam_option, size);
    FIELD(dam_option, secret);
    FIELD(dam_option, remembered);
    FIELD(dam_option, reserved);
    FIELD(dam_option, name);
    FIELD(dam_option, kind);
    FIELD(dam_option, default_value);
    FIELD(dam_option, choices);
    FIELD(dam_option, help);

    STRUCT(dam_prompt);
    FIELD(dam_prompt, size);
    FIELD(dam_prompt, kind);
    FIELD(dam_prompt, user);
    FIELD(dam_prompt, origin);
    FIELD(dam_prompt, reserved);

    STRUCT(dam_organization);
    FIELD(dam_organization, size);
    FIELD(dam_organization, reserved);
    FIELD(dam_organization, id);
    FIELD(dam_organization, name);
    FIELD(dam_organization, member);
    FIELD(dam_organization, selected);

    STRUCT(dam_store);
    FIELD(dam_store, size);
    FIELD(dam_store, reserved);
    FIELD(dam_store, user_data);
    FIELD(dam_store, load);
    FIELD(dam_store, save);
    FIELD(dam_store, lock);
    FIELD(dam_store, unlock);
    FIELD(dam_store, list);
    FIELD(dam_store, remove);

    STRUCT(dam_stored_session);
    FIELD(dam_stored_session, size);
    FIELD(dam_stored_session, logged_in);
    FIELD(dam_stored_session, key);
    FIELD(dam_stored_session, system);
    FIELD(dam_stored_session, url);
    FIELD(dam_stored_session, user);
    FIELD(dam_stored_session, organization);
    FIELD(dam_stored_session, generation);
    FIELD(dam_stored_session, used_at);

    STRUCT(dam_device_token);
    FIELD(dam_device_token, size);
    FIELD(dam_device_token, in_use);
    FIELD(dam_device_token, fingerprint);
    FIELD(dam_device_token, obtained_at);
    FIELD(dam_device_token, dead_at);

    STRUCT(dam_session_state);
    FIELD(dam_session_state, size);
    FIELD(dam_session_state, flags);
    FIELD(dam_session_state, generation);
    FIELD(dam_session_state, issued_at);
    FIELD(dam_session_state, used_at);
    FIELD(dam_session_state, idle_limit);
    FIELD(dam_session_state, tokens_obtained);
    FIELD(dam_session_state, fingerprint);
    FIELD(dam_session_state, organization);
    FIELD(dam_session_state, store);
    FIELD(dam_session_state, origin);

    STRUCT(dam_statistics);
    FIELD(dam_statistics, size);
    FIELD(dam_statistics, reserved);
    FIELD(dam_statistics, requests);
    FIELD(dam_statistics, exchanges);
    FIELD(dam_statistics, logins);
    FIELD(dam_statistics, logins_refused);
    FIELD(dam_statistics, organization_logins);
    FIELD(dam_statistics, replays);
    FIELD(dam_statistics, adopted_from_siblings);
    FIELD(dam_statistics, waits);
    FIELD(dam_statistics, wait_us);
    FIELD(dam_statistics, cookies_adopted);
    FIELD(dam_statistics, cookies_late);
    FIELD(dam_statistics, saves);
    FIELD(dam_statistics, save_failures);
    FIELD(dam_statistics, records_damaged);
    FIELD(dam_statistics, keepalives);

    STRUCT(dam_header);
    FIELD(dam_header, name);
    FIELD(dam_header, value);

    STRUCT(dam_request);
    FIELD(dam_request, size);
    FIELD(dam_request, flags);
    FIELD(dam_request, method);
    FIELD(dam_request, path);
    FIELD(dam_request, headers);
    FIELD(dam_request, header_count);
    FIELD(dam_request, body);
    FIELD(dam_request, body_size);
    FIELD(dam_request, content_type);
    FIELD(dam_request, image);
    FIELD(dam_request, user_data);
    FIELD(dam_request, read);
    FIELD(dam_request, rewind);
    FIELD(dam_request, write);
    FIELD(dam_request, progress);
    FIELD(dam_request, canceller);
    FIELD(dam_request, form);
    FIELD(dam_request, head);
    FIELD(dam_request, timeout_ms);
    FIELD(dam_request, reserved);

    STRUCT(dam_response_view);
    FIELD(dam_response_view, size);
    FIELD(dam_response_view, http_status);
    FIELD(dam_response_view, body);
    FIELD(dam_response_view, body_size);
    FIELD(dam_response_view, headers);
    FIELD(dam_response_view, header_count);
    FIELD(dam_response_view, generation);
    FIELD(dam_response_view, replays);
    FIELD(dam_response_view, reserved);

    STRUCT(dam_authorization_view);
    FIELD(dam_authorization_view, size);
    FIELD(dam_authorization_view, replays);
    FIELD(dam_authorization_view, generation);
    FIELD(dam_authorization_view, method);
    FIELD(dam_authorization_view, url);
    FIELD(dam_authorization_view, headers);
    FIELD(dam_authorization_view, header_count);

    STRUCT(dam_observation);
    FIELD(dam_observation, size);
    FIELD(dam_observation, http_status);
    FIELD(dam_observation, headers);
    FIELD(dam_observation, header_count);
    FIELD(dam_observation, body);
    FIELD(dam_observation, body_size);
    FIELD(dam_observation, is_whole);
    FIELD(dam_observation, reserved);
    return 0;
}
