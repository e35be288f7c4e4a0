package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"nhaso/models"
	"nhaso/models/certificate"
)

// jwks is the public key set.
type jwks struct {
	Keys []jwk `json:"keys"`
}

// issuerView is the profile behind issuer.id of a badge.
type issuerView struct {
	Context []string `json:"@context"`
	ID      string   `json:"id"`
	Type    []string `json:"type"`
	Name    string   `json:"name"`
	URL     string   `json:"url"`
}

func itoa(n int) string { return strconv.Itoa(n) }

// badgeOperations hand out digital badges and the keys to check them with.
func (s *server) badgeOperations() {
	registerFile(s, op{
		id: "get-credential", method: http.MethodGet, path: "/certificates/{code}/credential", tag: "certificates", action: models.ActLearn,
		summary: "The caller's own certificate as an Open Badges 3.0 credential (VC-JWT), which can be checked without us.",
		refuses: []models.Kind{models.KindConflict},
	}, "text/plain", func(ctx context.Context, actor models.Actor, in *struct {
		Code string `path:"code" maxLength:"40"`
	}) (*file, error) {
		c, err := s.Certificates.Issued(ctx, actor, models.ActLearn, in.Code)
		if err != nil {
			return nil, err
		}
		if c.State == certificate.Revoked {
			return nil, models.Conflict("certificate_revoked")
		}
		key, err := s.Certificates.SigningBadgeKey(ctx)
		if err != nil {
			return nil, err
		}
		text, err := badge(key, c, s.publicURL(ctx))
		return &file{"huy-hieu-" + c.Code + ".jwt", "text/plain; charset=us-ascii", []byte(text)}, err
	})
	register(s, op{
		id: "list-badge-keys", method: http.MethodGet, path: "/badges/keys", tag: "public", action: models.ActPublic, pace: s.paces.verify,
		summary: "Every public key that signs badges or has signed some, as a JWKS document.",
	}, func(ctx context.Context, _ models.Actor, _ *none) (*body[jwks], error) {
		keys, err := s.Certificates.BadgeKeys(ctx)
		return answer(keySet(keys), err)
	})
	register(s, op{
		id: "get-badge-issuer", method: http.MethodGet, path: "/badges/issuer", tag: "public", action: models.ActPublic, pace: s.paces.verify,
		summary: "The issuer named in badges.",
	}, func(ctx context.Context, _ models.Actor, _ *none) (*body[issuerView], error) {
		p := issuerProfile(s.publicURL(ctx))
		return answer(issuerView{badgeContexts, p.ID, p.Type, p.Name, p.URL}, nil)
	})
}

func keySet(keys []certificate.BadgeKey) jwks {
	return jwks{converted(keys, func(k certificate.BadgeKey) jwk {
		key := jwkOf(k.Public)
		key.Kid, key.Alg, key.Use = k.KID, "RS256", "sig"
		return key
	})}
}

// BadgeKeySet is the JWKS document of keys, for VerifyBadge without a server.
func BadgeKeySet(keys []certificate.BadgeKey) ([]byte, error) { return json.Marshal(keySet(keys)) }
