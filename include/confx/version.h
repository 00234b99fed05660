/* The program's version: printed by --version, logged in run.h5. */
#ifndef CONFX_VERSION_H
#define CONFX_VERSION_H

#define CONFX_VERSION "0.1.0"

#endif
