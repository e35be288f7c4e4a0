package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"nhaso/models"
	"nhaso/models/people"
)

// actorOf answers who asks. The error is KindUnauthenticated without a good
// token, and when the account was signed out everywhere since it was made.
func (s *server) actorOf(r *http.Request) (models.Actor, error) {
	raw := tokenOf(r)
	if raw == "" {
		return models.Actor{}, models.Fail(models.KindUnauthenticated, "")
	}
	if strings.HasPrefix(raw, people.PartnerPrefix) {
		return s.partnerOf(requestOf(r.Context()), raw)
	}
	who, err := s.tokens.check(r.Context(), raw)
	if err != nil {
		return models.Actor{}, err
	}
	actor, err := s.identify(r.Context(), who.account, who.epoch)
	if err != nil || who.lesson.IsZero() {
		return actor, err
	}
	// The sign-in ends with its lesson, whatever the token says.
	if _, err := s.SignIn.Bound(r.Context(), who.lesson); err != nil {
		return models.Actor{}, err
	}
	actor.Lesson = who.lesson
	return actor, nil
}

// schemaName names a schema after its Go type; a room's type carries the
// room's name, because two rooms may use one word.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	room, ok := strings.CutPrefix(t.PkgPath(), "nhaso/models/")
	if !ok || t.Name() == "" {
		return name
	}
	room = strings.ToUpper(room[:1]) + room[1:]
	if strings.HasPrefix(name, room) {
		return name
	}
	return room + name
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:12])
}

// signingKeys reads the keys of package people in this package's form.
func (s *server) signingKeys(ctx context.Context) ([]key, error) {
	keys, err := s.People.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	return converted(keys, func(k people.Key) key { return key{id: k.KID, secret: k.Secret, retired: k.Retired} }), nil
}

func (s *server) identifyAccount(ctx context.Context, account models.ID, epoch int) (models.Actor, error) {
	return s.People.ActorOf(ctx, account, epoch)
}
