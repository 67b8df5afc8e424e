/* application_store.h - an example of a store that the application provides: see application_store.c. */
#ifndef APPLICATION_STORE_H
#define APPLICATION_STORE_H

#include <damsession.h>

/* A store that lives as long as the process; NULL without memory. There is no way to free it: sessions may use it. */
const dam_store *application_store_new(void);

#endif
