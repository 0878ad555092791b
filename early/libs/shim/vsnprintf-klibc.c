/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of klibc's vsnprintf(), which takes 2.5 kB: what this program and the
 * libraries use. %[0][WIDTH][.PRECISION][hh|h|l|ll|z|j] with c, s, d, i, u, x, X; "*" for
 * the numbers.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct output {
	char *buffer;
	size_t size, length;
};

/* Counts what does not fit. */
static void put(struct output *output, const char *text, size_t length)
{
	for (; length; length--, output->length++)
		if (output->length < output->size)
			output->buffer[output->length] = *text++;
}

static void pad(struct output *output, const char *with, int count)
{
	while (count-- > 0)
		put(output, with, 1);
}

struct field {
	const char *at; /* in the format */
	bool has_zeros;
	int width, precision;
	size_t bytes; /* of the number */
};

static int read_count(const char **at, va_list *arguments)
{
	int count = 0;

	if (**at == '*') {
		(*at)++;
		return va_arg(*arguments, int);
	}
	while (**at >= '0' && **at <= '9')
		count = 10 * count + *(*at)++ - '0';
	return count;
}

static struct field read_field(const char *at, va_list *arguments)
{
	struct field field = { .has_zeros = *at == '0', .precision = -1 };

	at += field.has_zeros;
	field.width = read_count(&at, arguments);
	if (*at == '.') {
		at++;
		field.precision = read_count(&at, arguments);
	}
	for (field.bytes = sizeof(int);; at++) {
		if (*at == 'h')
			field.bytes /= 2;
		else if (*at == 'j' || (*at == 'l' && at[-1] == 'l'))
			field.bytes = sizeof(long long);
		else if (*at == 'l' || *at == 'z')
			field.bytes = sizeof(long);
		else
			break;
	}
	field.at = at;
	return field;
}

static void put_text(struct output *output, const struct field *field, const char *text)
{
	size_t most = field->precision < 0 ? SIZE_MAX : (size_t)field->precision;
	size_t length;

	if (!text)
		text = "(null)";
	length = strnlen(text, most);
	pad(output, " ", field->width - (int)length);
	put(output, text, length);
}

static void put_number(struct output *output, struct field *field, long long value)
{
	bool is_negative = value < 0 && (*field->at == 'd' || *field->at == 'i');
	unsigned base = (*field->at | 0x20) == 'x' ? 16 : 10;
	unsigned long long rest =
		is_negative ? -(unsigned long long)value : (unsigned long long)value;
	char digits[24], *begin = digits + sizeof(digits);

	rest &= ~0ull >> (64 - 8 * field->bytes);
	do {
		unsigned digit = (unsigned)(rest % base);

		*--begin = (char)(digit < 10 ? '0' + digit
					     : *field->at - 'x' + 'a' + digit - 10);
		rest /= base;
	} while (rest);
	if (is_negative && field->has_zeros) {
		put(output, "-", 1);
		field->width--;
	} else if (is_negative) {
		*--begin = '-';
	}
	pad(output, field->has_zeros ? "0" : " ",
	    field->width - (int)(digits + sizeof(digits) - begin));
	put(output, begin, (size_t)(digits + sizeof(digits) - begin));
}

static void put_field(struct output *output, struct field *field, va_list *arguments)
{
	char character;

	switch (*field->at) {
	case 's':
		put_text(output, field, va_arg(*arguments, const char *));
		break;
	case 'c':
		character = (char)va_arg(*arguments, int);
		put(output, &character, 1);
		break;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
		put_number(output, field,
			   field->bytes > sizeof(int) ? va_arg(*arguments, long long)
						      : va_arg(*arguments, int));
		break;
	default:
		put(output, field->at, 1);
	}
}

/* klibc's snprintf() and others call it, which the linker does not see in time. */
__attribute__((used)) int vsnprintf(char *buffer, size_t size, const char *format,
				    va_list arguments)
{
	struct output output = { buffer, size, 0 };
	va_list rest;

	va_copy(rest, arguments);
	while (*format) {
		size_t length = strcspn(format, "%");
		struct field field;

		put(&output, format, length);
		format += length;
		if (*format != '%' || !format[1])
			break;
		field = read_field(format + 1, &rest);
		put_field(&output, &field, &rest);
		format = field.at + 1;
	}
	va_end(rest);
	if (size)
		buffer[output.length < size ? output.length : size - 1] = '\0';
	return (int)output.length;
}
