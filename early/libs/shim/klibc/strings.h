/* For util-linux's strutils.h: klibc keeps these functions in string.h. */
#include <string.h>
