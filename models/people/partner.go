package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/store"
)

// PartnerPrefix begins every token of a partner, so that one that leaked is
// recognised wherever it turns up.
const PartnerPrefix = "nhaso_p_"

// The limits of a partner's token.
const (
	partnerDays    = 400 // it ends after a bit more than a year at the latest
	partnerPace    = 60  // requests a minute, unless said otherwise
	partnerMost    = 600
	partnerUseDays = 30 // what the list counts
)

// NewPartner describes a token that is to be made. ID comes from the client.
type NewPartner struct {
	ID        models.ID
	Name      string // the office that will use it, 3–120 characters
	Purpose   string // what for, 10–300 characters
	AreaID    models.ID
	PerMinute int    // requests; 0: 60
	ExpiresOn string // civil day from which it holds no longer, within 400 days
}

// Partner is a token as it is listed. Nothing tells the token itself.
type Partner struct {
	ID        models.ID
	Name      string
	Purpose   string
	AreaID    models.ID
	AreaCode  string
	AreaName  string
	PerMinute int
	ExpiresOn string
	CreatedAt time.Time
	CreatedBy string // name of the account
	RevokedAt *time.Time
	LastDay   string // civil day of the last use, empty: never
	Uses      int    // in the last 30 days
}

// Live tells whether the token opens anything on a civil day.
func (p Partner) Live(today string) bool { return p.RevokedAt == nil && today < p.ExpiresOn }

func (n *NewPartner) check(today string) error {
	n.Name, n.Purpose = models.Clean(n.Name), models.Clean(n.Purpose)
	if n.PerMinute == 0 {
		n.PerMinute = partnerPace
	}
	day, err := models.ParseDay(n.ExpiresOn)
	if err != nil {
		return models.InvalidField("body.expires_on", "invalid_date")
	}
	last, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return err
	}
	n.ExpiresOn = day
	switch names, purpose := utf8.RuneCountInString(n.Name), utf8.RuneCountInString(n.Purpose); {
	case n.ID.IsZero():
		return models.InvalidField("body.id", "required")
	case names < 3:
		return models.InvalidField("body.name", "too_short")
	case names > 120:
		return models.InvalidField("body.name", "too_long")
	case purpose < 10 || purpose > 300:
		return models.InvalidField("body.purpose", "reason_length")
	case n.PerMinute < 1 || n.PerMinute > partnerMost:
		return models.InvalidField("body.per_minute", "invalid")
	case day <= today || day > last.AddDate(0, 0, partnerDays).Format(time.DateOnly):
		return models.InvalidField("body.expires_on", "out_of_range")
	}
	return nil
}

// CreatePartner makes a token for an area in the actor's reach and answers it
// with its text, which is kept nowhere. Asked again for a token that was never
// used, because the answer was lost, it answers a new text and the first is
// void. Errors: Invalid fields, NotFound for the area, Conflict "id_taken".
func (p *People) CreatePartner(ctx context.Context, actor models.Actor, n NewPartner) (Partner, string, error) {
	reach, err := models.Allow(actor, models.ActPublish)
	if err != nil {
		return Partner{}, "", err
	}
	if err := n.check(p.db.Clock().Today()); err != nil {
		return Partner{}, "", err
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return Partner{}, "", err
	}
	token := PartnerPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
	var made Partner
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		ok, err := place.AreaInReach(tx, reach, n.AreaID)
		if err != nil {
			return err
		}
		if !ok {
			return models.NotFound()
		}
		if err := writePartner(tx, actor, n, partnerHash(token), p.db.Clock().Now()); err != nil {
			return err
		}
		list, err := partnersWhere(tx, "t.id = ?", n.ID)
		if err == nil && len(list) == 1 {
			made = list[0]
		}
		return err
	})
	if err != nil {
		return Partner{}, "", err
	}
	return made, token, nil
}

// writePartner inserts the token, or gives an unused one of the same maker its
// new hash.
func writePartner(tx *gorm.DB, actor models.Actor, n NewPartner, hash string, now time.Time) error {
	res := tx.Exec(`UPDATE partner_tokens SET token_hash = ? WHERE id = ? AND created_by = ? AND revoked_at IS NULL AND name = ? AND purpose = ?
		AND area_id = ? AND per_minute = ? AND expires_on = ? AND NOT EXISTS (SELECT 1 FROM partner_uses u WHERE u.token_id = ?)`,
		hash, n.ID, actor.Account, n.Name, n.Purpose, n.AreaID, n.PerMinute, n.ExpiresOn, n.ID)
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error
	}
	err := tx.Exec(`INSERT INTO partner_tokens (id, name, purpose, area_id, token_hash, per_minute, expires_on, created_by, created_at)
		VALUES (?,?,?,?,?,?,?,?,?)`, n.ID, n.Name, n.Purpose, n.AreaID, hash, n.PerMinute, n.ExpiresOn, actor.Account, now).Error
	if store.IsDuplicate(err) {
		return models.Conflict("id_taken")
	}
	if err != nil {
		return err
	}
	return audit.Append(tx, actor, audit.Entry{Act: audit.PartnerTokenMade, Kind: audit.KindPartner, Subject: n.ID, Area: n.AreaID,
		Detail: audit.Detail{"name": n.Name, "until": n.ExpiresOn, "per_minute": strconv.Itoa(n.PerMinute)}})
}

// Partners lists the tokens of areas in the actor's reach, the newest first, at
// most 200.
func (p *People) Partners(ctx context.Context, actor models.Actor) ([]Partner, error) {
	reach, err := models.Allow(actor, models.ActPublish)
	if err != nil {
		return nil, err
	}
	tx := p.db.Read(ctx)
	if reach.All {
		return partnersWhere(tx, "1 = 1")
	}
	return partnersWhere(tx, "(a.id IN ? OR a.parent_id IN ? OR a.province_id IN ?)", reach.Areas, reach.Areas, reach.Areas)
}

func partnersWhere(tx *gorm.DB, where string, args ...any) ([]Partner, error) {
	list := []Partner{}
	since := models.Day(tx.NowFunc().AddDate(0, 0, -partnerUseDays))
	err := tx.Raw(`SELECT t.id, t.name, t.purpose, t.area_id, a.code AS area_code, a.full_name AS area_name, t.per_minute, t.expires_on,
			t.created_at, COALESCE(c.display_name, '') AS created_by, t.revoked_at,
			COALESCE((SELECT MAX(u.day) FROM partner_uses u WHERE u.token_id = t.id), '') AS last_day,
			COALESCE((SELECT SUM(u.uses) FROM partner_uses u WHERE u.token_id = t.id AND u.day > ?), 0) AS uses
		FROM partner_tokens t JOIN areas a ON a.id = t.area_id LEFT JOIN accounts c ON c.id = t.created_by
		WHERE `+where+` ORDER BY t.created_at DESC, t.id DESC LIMIT 200`, append([]any{since}, args...)...).Scan(&list).Error
	for i := range list {
		list[i].CreatedAt = list[i].CreatedAt.UTC()
	}
	return list, err
}

// RevokePartner ends a token at once; again it changes nothing. NotFound beyond
// the actor's reach.
func (p *People) RevokePartner(ctx context.Context, actor models.Actor, id models.ID) error {
	reach, err := models.Allow(actor, models.ActPublish)
	if err != nil {
		return err
	}
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		var areas []models.ID
		if err := tx.Raw("SELECT area_id FROM partner_tokens WHERE id = ?", id).Scan(&areas).Error; err != nil {
			return err
		}
		if len(areas) == 0 {
			return models.NotFound()
		}
		ok, err := place.AreaInReach(tx, reach, areas[0])
		if err != nil {
			return err
		}
		if !ok {
			return models.NotFound()
		}
		res := tx.Exec("UPDATE partner_tokens SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL", p.db.Clock().Now(), actor.Account, id)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.PartnerTokenEnded, Kind: audit.KindPartner, Subject: id, Area: areas[0], Detail: audit.Detail{}})
	})
}

// PartnerOf answers whose token it is. The error is KindUnauthenticated for one
// that is unknown, revoked or over.
func (p *People) PartnerOf(ctx context.Context, token string) (Partner, error) {
	list, err := partnersWhere(p.db.Read(ctx), "t.token_hash = ?", partnerHash(token))
	if err != nil {
		return Partner{}, err
	}
	if len(list) != 1 || !list[0].Live(p.db.Clock().Today()) {
		return Partner{}, models.Fail(models.KindUnauthenticated, "")
	}
	return list[0], nil
}

// Actor is the partner as the access table sees it: it reads what is published
// of its area, and nothing else.
func (p Partner) Actor() models.Actor {
	return models.Actor{Account: p.ID, Name: p.Name, Grants: []models.Grant{{Role: models.RolePartner, Scope: models.ScopeArea, At: p.AreaID, Until: p.ExpiresOn}}}
}

// CountUse adds one to the token's uses of today.
func (p *People) CountUse(ctx context.Context, partner models.ID) error {
	today := p.db.Clock().Today()
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE partner_uses SET uses = uses + 1 WHERE token_id = ? AND day = ?", partner, today)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err := tx.Exec("INSERT INTO partner_uses (token_id, day, uses) VALUES (?, ?, 1)", partner, today).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry // somebody else made the row of today meanwhile
		}
		return err
	})
}

// partnerHash is what is kept of a token: 256 random bits need no slow hash.
func partnerHash(token string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return hex.EncodeToString(sum[:])
}
