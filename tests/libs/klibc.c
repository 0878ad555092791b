/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what replaces klibc's functions with those of this machine's C library. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define vsnprintf klibc_vsnprintf
#define strerror  klibc_strerror
int klibc_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
char *klibc_strerror(int error);
#include "../../early/libs/shim/strerror-klibc.c"
#include "../../early/libs/shim/vsnprintf-klibc.c"
#undef vsnprintf
#undef strerror

static int failed;
static const char *volatile text_of_nothing; /* unknown to the compiler */

__attribute__((format(printf, 1, 2))) static void same(const char *format, ...)
{
	static const size_t sizes[] = { 0, 1, 2, 5, 8, 64 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char want[64] = "~", got[64] = "~";
		int want_length, got_length;
		va_list list;

		va_start(list, format);
		want_length = vsnprintf(want, sizes[i], format, list);
		va_end(list);
		va_start(list, format);
		got_length = klibc_vsnprintf(got, sizes[i], format, list);
		va_end(list);
		if (want_length == got_length && strcmp(want, got) == 0)
			continue;
		printf("\"%s\" in %zu bytes: \"%s\", %d instead of \"%s\", %d\n", format,
		       sizes[i], got, got_length, want, want_length);
		failed++;
	}
}

static void compare_numbers(long long number)
{
	same("%d", (int)number);
	same("%i|%5d|%05d", (int)number, (int)number, (int)number);
	same("%u|%9u|%09u", (unsigned)number, (unsigned)number, (unsigned)number);
	same("%x %04x", (unsigned)number, (unsigned)number);
	same("%X %08X", (unsigned)number, (unsigned)number);
	same("%hhX %02hhx", (unsigned char)number, (unsigned char)number);
	same("%hx %hu", (unsigned short)number, (unsigned short)number);
	same("%lu %lx", (unsigned long)number, (unsigned long)number);
	same("%ld", (long)number);
	same("%lld %016llX", number, (unsigned long long)number);
	same("%llu", (unsigned long long)number);
	same("%zu %jd", (size_t)number, (intmax_t)number);
	same("%*u|%0*d", 7, (unsigned)number, 12, (int)number);
}

static void compare_texts(void)
{
	static const char open[] = { 'o', 'p', 'e', 'n' };

	same("%s", "");
	same("plain");
	same("%s and %s", "one", "another");
	same("%8s|%2s", "right", "longer");
	same("%.3s|%.0s|%.9s", "cut", "none", "whole");
	same("%.*s|%*s|%.*s", 4, open, 6, "in", 0, "none");
	same("%6.2s", "both");
	same("%s", text_of_nothing);
	same("%c%c", 'a', ' ');
	same("100%% %s", "at the end");
	same("%d:%s:%c:%x", 1, "two", '3', 4);
}

int main(void)
{
	static const long long numbers[] = { 0,		1,	  9,	    10,
					     255,	-1,	  -10,	    65536,
					     INT_MAX,	INT_MIN,  UINT_MAX, 1LL << 40,
					     LLONG_MAX, LLONG_MIN };
	static const int errors[] = { ERRORS(NUMBER) };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		compare_numbers(numbers[i]);
	compare_texts();
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(klibc_strerror(errors[i]), strerror(errors[i])) != 0) {
			printf("error %d: %s\n", errors[i], klibc_strerror(errors[i]));
			failed++;
		}
	if (strcmp(klibc_strerror(-5), "error -5") != 0) {
		printf("error -5: %s\n", klibc_strerror(-5));
		failed++;
	}
	return failed ? 1 : 0;
}
