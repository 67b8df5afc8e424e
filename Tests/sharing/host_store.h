/* host_store.h - an example of a store that the host provides: see host_store.c. */
#ifndef HOST_STORE_H
#define HOST_STORE_H

#include <damsession.h>

/* A store that lives as long as the process; NULL without memory. There is no way to free it: sessions may use it. */
const dam_store *host_store_new(void);

#endif
