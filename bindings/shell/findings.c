/*
 * findings.c - prints what `doctor` has found, one a line: result, check, sentence.
 */
#include "findings.h"

#include "exit_code.h"

#include <stdarg.h>
#include <stdio.h>

static void print_finding(struct findings *findings, const char *result, const char *check, int code, const char *text)
{
    if (findings->rows.json) {
        print_json_member(findings->rows.count++ > 0 ? ",\n {" : "[{", "check", check);
        print_json_member(",", "result", result);
        printf(",\"exit_code\":%d", code);
        print_json_member(",", "message", text);
        putchar('}');
    } else {
        printf("%s\t%s\t", result, check);
        print_column(text, '\n');
    }
}

void find(struct findings *findings, const char *check, int code, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (findings->code == EXIT_OK)
        findings->code = code;
    print_finding(findings, code == EXIT_OK ? "ok" : "bad", check, code, text);
}

void skip(struct findings *findings, const char *check, const char *why)
{
    print_finding(findings, "skipped", check, EXIT_OK, why);
}

int end_findings(const struct findings *findings)
{
    end_rows(&findings->rows);
    return findings->code;
}
