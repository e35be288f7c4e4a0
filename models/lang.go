package models

import "context"

type langKey struct{}

// WithLang says in which language an answer is wanted. Content that is not
// translated comes as it was written, in Vietnamese.
func WithLang(ctx context.Context, lang string) context.Context {
	if lang == "" {
		return ctx
	}
	return context.WithValue(ctx, langKey{}, lang)
}

// LangOf answers the language asked for, empty for that of the original.
func LangOf(ctx context.Context) string {
	lang, _ := ctx.Value(langKey{}).(string)
	return lang
}
