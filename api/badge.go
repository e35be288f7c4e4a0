package api

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/paper"
)

// A digital badge is an OpenBadgeCredential (1EdTech Open Badges 3.0, on the W3C
// Verifiable Credentials Data Model 2.0) secured as VC-JWT (section 8.2): a
// compact JWS with RS256 whose header carries the public key as jwk and nothing
// that would have to be looked up, and whose payload is the credential itself
// with iss, jti, sub and nbf beside its members.

var badgeContexts = []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}

// credential is the OpenBadgeCredential of one certificate.
type credential struct {
	Context   []string          `json:"@context"`
	ID        string            `json:"id"`
	Type      []string          `json:"type"`
	Name      string            `json:"name"`
	Issuer    profile           `json:"issuer"`
	ValidFrom string            `json:"validFrom"`
	Subject   credentialSubject `json:"credentialSubject"`
}

// profile names an organisation.
type profile struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name"`
	URL  string   `json:"url,omitempty"`
}

type credentialSubject struct {
	ID          string           `json:"id"`
	Type        []string         `json:"type"`
	Identifier  []identityObject `json:"identifier"`
	Source      *profile         `json:"source,omitempty"` // the school
	Achievement achievement      `json:"achievement"`
}

// identityObject says who without saying it: whoever knows the full name can
// compare, nobody can read it out.
type identityObject struct {
	Type         string `json:"type"`
	Hashed       bool   `json:"hashed"`
	IdentityHash string `json:"identityHash"`
	IdentityType string `json:"identityType"`
	Salt         string `json:"salt"`
}

type achievement struct {
	ID              string   `json:"id"`
	Type            []string `json:"type"`
	AchievementType string   `json:"achievementType"`
	Name            string   `json:"name"`
	Description     string   `json:"description"`
	InLanguage      string   `json:"inLanguage"`
	Criteria        criteria `json:"criteria"`
}

type criteria struct {
	Narrative string `json:"narrative"`
}

// badgeClaims is the payload: the credential and its JWT claims.
type badgeClaims struct {
	credential
	Iss string           `json:"iss"`
	Jti string           `json:"jti"`
	Sub string           `json:"sub"`
	Nbf *jwt.NumericDate `json:"nbf"`
}

// The Claims interface; what is not in a badge is nil.
func (c badgeClaims) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil }
func (c badgeClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (c badgeClaims) GetNotBefore() (*jwt.NumericDate, error)      { return c.Nbf, nil }
func (c badgeClaims) GetIssuer() (string, error)                   { return c.Iss, nil }
func (c badgeClaims) GetSubject() (string, error)                  { return c.Sub, nil }
func (c badgeClaims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// jwk is a public RSA key in JSON (RFC 7517).
type jwk struct {
	Kty string `json:"kty"`
	N   string `json:"n"`
	E   string `json:"e"`
	Kid string `json:"kid,omitempty"`
	Alg string `json:"alg,omitempty"`
	Use string `json:"use,omitempty"`
}

func jwkOf(k *rsa.PublicKey) jwk {
	enc := base64.RawURLEncoding.EncodeToString
	return jwk{Kty: "RSA", N: enc(k.N.Bytes()), E: enc(big.NewInt(int64(k.E)).Bytes())}
}

// public reads the key; the error says what is wrong with it.
func (k jwk) public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil || k.Kty != "RSA" {
		return nil, errors.New("the key in the header is not an RSA key")
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("the key in the header is not an RSA key")
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if bits := key.N.BitLen(); bits < 2048 || bits > 8192 || key.E < 3 || key.E%2 == 0 {
		return nil, errors.New("the key in the header is too weak")
	}
	return key, nil
}

// badge signs the credential of a certificate. at is the address under which
// the public knows us.
func badge(key certificate.BadgeKey, c certificate.Issued, at string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	cred := credentialOf(c, at, hex.EncodeToString(salt))
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, badgeClaims{
		credential: cred, Iss: cred.Issuer.ID, Jti: cred.ID, Sub: cred.Subject.ID, Nbf: jwt.NewNumericDate(c.IssuedAt.UTC()),
	})
	token.Header["jwk"] = jwkOf(key.Public)
	return token.SignedString(key.Private)
}

func credentialOf(c certificate.Issued, at, salt string) credential {
	names := make([]string, len(c.Rule.Skills))
	for i, skill := range c.Rule.Skills {
		names[i] = paper.SkillName(skill)
	}
	return credential{
		Context: badgeContexts, ID: at + "/verify/" + c.Code, Type: []string{"VerifiableCredential", "OpenBadgeCredential"},
		Name: paper.Title, ValidFrom: c.IssuedAt.UTC().Format(time.RFC3339), Issuer: issuerProfile(at),
		Subject: credentialSubject{
			ID: "urn:uuid:" + c.ID.String(), Type: []string{"AchievementSubject"},
			Identifier: []identityObject{{Type: "IdentityObject", Hashed: true, IdentityHash: identityHash(c.HolderName, salt), IdentityType: "name", Salt: salt}},
			Source:     schoolProfile(c),
			Achievement: achievement{
				ID: at + "/verify#rule-" + itoa(c.RuleVersion), Type: []string{"Achievement"}, AchievementType: "CertificateOfCompletion", InLanguage: "vi",
				Name:        "Năm kỹ năng số cơ bản",
				Description: "Đã hoàn thành năm kỹ năng số cơ bản: " + strings.Join(names, ", ") + ".",
				Criteria:    criteria{Narrative: criteriaOf(c.Rule)},
			},
		},
	}
}

func issuerProfile(at string) profile {
	return profile{ID: at + base + "/badges/issuer", Type: []string{"Profile"}, Name: "Nhà Số", URL: at}
}

func schoolProfile(c certificate.Issued) *profile {
	if c.SchoolID.IsZero() {
		return nil
	}
	return &profile{ID: "urn:uuid:" + c.SchoolID.String(), Type: []string{"Profile"}, Name: c.SchoolName}
}

// criteriaOf says in words what the rule asked for.
func criteriaOf(r certificate.Rule) string {
	text := "Quy tắc " + itoa(r.Version) + ": với mỗi kỹ năng, "
	if r.NeedAllLessons {
		text += "học hết các bài học và "
	}
	text += "đạt từ " + itoa(r.PassPercent) + " % bài kiểm tra"
	if r.NeedSession {
		text += " trong phiên học do giáo viên mở"
	}
	if r.NeedScenario {
		text += "; tự mình vượt qua một tình huống thực hành, nhận ra ít nhất " + itoa(r.MinHardSpotted) + " bẫy khó"
		if r.NoLegitRejected {
			text += " và không từ chối nhầm điều thật"
		}
	}
	return text + "."
}

// identityHash is the form of Open Badges: algorithm, "$", and the hash over
// the identifier followed by the salt. The name is taken as it is printed, NFC.
func identityHash(name, salt string) string {
	sum := sha256.Sum256([]byte(models.Clean(name) + salt))
	return "sha256$" + hex.EncodeToString(sum[:])
}

// BadgeReport is what a badge says of itself when its signature holds.
type BadgeReport struct {
	Valid      bool      `json:"valid"`
	Problem    string    `json:"problem,omitempty"` // why not
	Issuer     string    `json:"issuer,omitempty"`
	IssuerURL  string    `json:"issuer_url,omitempty"`
	School     string    `json:"school,omitempty"`
	What       string    `json:"what,omitempty"`
	Criteria   string    `json:"criteria,omitempty"`
	IssuedAt   time.Time `json:"issued_at,omitzero"`
	Page       string    `json:"page,omitempty"` // where the state of today is told
	Key        string    `json:"key,omitempty"`  // RFC 7638 thumbprint of the key that signed
	KnownKey   *bool     `json:"known_key"`      // null: no keys to compare with were given
	NameTested bool      `json:"name_tested"`    // a name was given, and it is the holder's
}

// badgeMost is the largest badge that is read.
const badgeMost = 64 << 10

// VerifyBadge checks a badge with nothing but the file: the signature with the
// key in its own header, and that claims and credential agree. keys, when
// given (a JWKS document), are those the signer must be among: a header's own
// key alone proves that nothing was altered, not who signed. name, when given,
// must be the holder's full name. It asks nobody and needs no network.
func VerifyBadge(text, keys []byte, name string, now time.Time) BadgeReport {
	r, err := verifyBadge(strings.TrimSpace(string(text)), keys, name, now)
	if err != nil {
		r.Problem = err.Error()
	}
	r.Valid = err == nil
	return r
}

func verifyBadge(text string, keys []byte, name string, now time.Time) (r BadgeReport, err error) {
	if len(text) > badgeMost {
		return r, errors.New("the file is too large for a badge")
	}
	var claims badgeClaims
	var key *rsa.PublicKey
	_, err = jwt.ParseWithClaims(text, &claims, func(t *jwt.Token) (any, error) {
		key, err = headerKey(t.Header)
		return key, err
	}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithLeeway(leeway), jwt.WithStrictDecoding())
	switch {
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return r, errors.New("the badge says that it begins in the future")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return r, errors.New("the signature does not fit: something was altered, or another key signed")
	case err != nil:
		return r, errors.New("this is not a badge in the form of a signed VC-JWT")
	}
	if err := claims.agree(); err != nil {
		return r, err
	}
	r = claims.report(certificate.Thumbprint(key))
	if len(keys) > 0 {
		known, err := among(keys, r.Key)
		if err != nil {
			return r, err
		}
		if r.KnownKey = &known; !known {
			return r, errors.New("the key that signed is not among the keys given")
		}
	}
	if name != "" {
		if !claims.isOf(name) {
			return r, errors.New("the badge belongs to somebody of another name")
		}
		r.NameTested = true
	}
	return r, nil
}

// headerKey reads the public key out of the header. A private part there would
// be somebody's accident and is refused.
func headerKey(header map[string]any) (*rsa.PublicKey, error) {
	fields, ok := header["jwk"].(map[string]any)
	if !ok {
		return nil, errors.New("there is no key in the header")
	}
	if _, private := fields["d"]; private {
		return nil, errors.New("the header holds a private key")
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	var k jwk
	if err := json.Unmarshal(raw, &k); err != nil {
		return nil, err
	}
	return k.public()
}

// agree asks for what the specification wants of a verifier (8.2.5.1).
func (c badgeClaims) agree() error {
	validFrom, err := time.Parse(time.RFC3339, c.ValidFrom)
	switch {
	case !slices.Contains(c.Type, "VerifiableCredential") || !slices.Contains(c.Type, "OpenBadgeCredential") && !slices.Contains(c.Type, "AchievementCredential"):
		return errors.New("this is not an Open Badge")
	case len(c.Context) < 2 || c.Context[0] != badgeContexts[0]:
		return errors.New("the badge is not of Open Badges 3.0")
	case c.Iss == "" || c.Iss != c.Issuer.ID, c.Sub == "" || c.Sub != c.Subject.ID, c.Jti == "" || c.Jti != c.ID:
		return errors.New("claims and credential do not agree")
	case err != nil || c.Nbf == nil || !c.Nbf.Equal(validFrom):
		return errors.New("the date of issue is not told twice alike")
	}
	return nil
}

func (c badgeClaims) report(key string) BadgeReport {
	r := BadgeReport{Issuer: c.Issuer.Name, IssuerURL: c.Issuer.URL, What: c.Name + ": " + c.Subject.Achievement.Name,
		Criteria: c.Subject.Achievement.Criteria.Narrative, IssuedAt: c.Nbf.UTC(), Page: c.ID, Key: key}
	if c.Subject.Source != nil {
		r.School = c.Subject.Source.Name
	}
	return r
}

// isOf tells whether the hashed identity is that of a full name.
func (c badgeClaims) isOf(name string) bool {
	return slices.ContainsFunc(c.Subject.Identifier, func(i identityObject) bool {
		return i.Hashed && i.IdentityHash == identityHash(name, i.Salt)
	})
}

// among tells whether a JWKS document holds the key of a thumbprint.
func among(keys []byte, thumbprint string) (bool, error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(keys, &set); err != nil || len(set.Keys) == 0 {
		return false, errors.New("the file of keys is not a JWKS document")
	}
	for _, k := range set.Keys {
		if public, err := k.public(); err == nil && certificate.Thumbprint(public) == thumbprint {
			return true, nil
		}
	}
	return false, nil
}
