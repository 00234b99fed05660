/* Dimension scales: datasets of the root group that name, or number, what lies along a dimension of
   others; h5py, pandas and netCDF readers such as xarray know dimensions by them. A failure names
   `path`, the file to be. */
#ifndef STORE_SCALES_H
#define STORE_SCALES_H

#include "confx/status.h"

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

/* The dataset /NAME becomes a scale; one that is a scale stays one. Where there is none a new one
   is made, of n places that have no values, nor any bytes in the file: "a netCDF dimension but not
   a netCDF variable". */
confx_status_t scales_make(hid_t file, const char *path, const char *name, uint64_t n);

/* Dimension `dim` of the open dataset `set`, called `name`, lies along the scale /SCALE. */
confx_status_t scales_attach(hid_t set, const char *path, const char *name, size_t dim,
                             const char *scale);

#endif
