package api

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nhaso/models"
)

// list is the body of every list. next_cursor is null on the last page.
type list[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// listed answers a list that is never null in JSON.
func listed[T any](items []T, next string) list[T] {
	l := list[T]{Items: filled(items)}
	if next != "" {
		sealed := base64.RawURLEncoding.EncodeToString([]byte(next))
		l.NextCursor = &sealed
	}
	return l
}

// PageQuery is embedded in the input of every list that can grow.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"300" doc:"next_cursor of the page before; opaque."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// after opens the cursor. The error is KindInvalid at query.cursor.
func (p PageQuery) after() (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return "", models.InvalidField("query.cursor", "invalid")
	}
	return string(b), nil
}

// skip opens a cursor that counts: for lists that do not change under their
// reader. The error is KindInvalid at query.cursor.
func (p PageQuery) skip() (int, error) {
	after, err := p.after()
	if err != nil || after == "" {
		return 0, err
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 {
		return 0, models.InvalidField("query.cursor", "invalid")
	}
	return n, nil
}

// body is the output of an operation that only has a body.
type body[T any] struct {
	Body T
}

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{Body: v}, nil
}

// none is the output or input of an operation without a body.
type none struct{}

// done answers 204, or the error.
func done(err error) (*none, error) {
	if err != nil {
		return nil, err
	}
	return &none{}, nil
}

// ByID is the input of an operation on one object. It is exported because
// huma passes over embedded types that are not. Foreign and malformed ids
// answer alike.
type ByID struct {
	ID string `path:"id" maxLength:"36"`
}

func (b ByID) id() (models.ID, error) {
	id, err := models.ParseID(strings.ToLower(b.ID))
	if err != nil {
		return models.ID{}, models.NotFound()
	}
	return id, nil
}

// parseID reads an identifier out of a body.
func parseID(location, s string) (models.ID, error) {
	id, err := models.ParseID(strings.ToLower(s))
	if err != nil {
		return models.ID{}, models.InvalidField(location, "invalid_id")
	}
	return id, nil
}

// parseOptionalID reads an identifier that may be null or missing.
func parseOptionalID(location string, s *string) (models.ID, error) {
	if s == nil || *s == "" {
		return models.ID{}, nil
	}
	return parseID(location, *s)
}

// parseDay reads a civil day out of a body or a query; empty stays empty.
func parseDay(location, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	day, err := models.ParseDay(s)
	if err != nil {
		return "", models.InvalidField(location, "invalid_date")
	}
	return day, nil
}

// optional makes null of the zero value.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// optionalID makes null of the zero ID.
func optionalID(id models.ID) *string {
	if id.IsZero() {
		return nil
	}
	s := id.String()
	return &s
}

// textOf is an ID in JSON, empty for none.
func textOf(id models.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// optionalTime makes null of no time; others leave in UTC.
func optionalTime(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

// filled makes an empty list of nil.
func filled[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// converted maps a list of a room's values to the API's, never nil.
func converted[A, B any](items []A, f func(A) B) []B {
	out := make([]B, len(items))
	for i := range items {
		out[i] = f(items[i])
	}
	return out
}

// unlessMatch tells whether the caller already has the version with this ETag.
// Comparison is weak, as the bytes differ by encoding.
func unlessMatch(r *http.Request, etag string) bool {
	for _, part := range r.Header["If-None-Match"] {
		for one := range strings.SplitSeq(part, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}

// withID opens the identifier of an input and answers what f finds.
func withID[T any](in *ByID, f func(models.ID) (T, error)) (*body[T], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return answer(f(id))
}
