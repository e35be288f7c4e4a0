package certificate

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
)

// Public is what anybody with the code may see: never a birth date, never the
// full name.
type Public struct {
	Code                 string     `json:"code"`
	Status               string     `json:"status"`
	HolderMasked         string     `json:"holder_masked"` // "": the holder or the guardian withdrew consent to be named
	SchoolName           string     `json:"school_name"`
	Skills               []string   `json:"skills"`
	IssuedAt             time.Time  `json:"issued_at"`
	RevokedAt            *time.Time `json:"revoked_at"`
	RevocationReasonCode *string    `json:"revocation_reason_code"`
	RuleVersion          int        `json:"rule_version"`
	Scenarios            bool       `json:"scenarios"` // the rule asked for a scenario of each skill passed alone
}

// Verify answers for a code on paper, as typed (spaces, dashes, small
// letters). An unknown code and one with a wrong check character are NotFound
// alike.
func (c *Certificates) Verify(ctx context.Context, code string) (Public, error) {
	db := c.db.Read(ctx)
	cert, err := find(db, models.Reach{All: true}, code)
	if err != nil {
		return Public{}, err
	}
	rule, err := RuleByVersion(db, cert.RuleVersion)
	if err != nil {
		return Public{}, err
	}
	p := Public{
		Code: cert.Code, Status: cert.State, HolderMasked: models.MaskName(cert.HolderName), SchoolName: cert.SchoolName,
		Skills: rule.Skills, IssuedAt: cert.IssuedAt, RuleVersion: cert.RuleVersion,
		Scenarios: rule.NeedScenario,
	}
	shown, err := consent.Shown(db, []models.ID{cert.PersonID}, consent.PublicPage, c.clock.Today())
	if err != nil {
		return Public{}, err
	}
	if !shown[cert.PersonID] {
		p.HolderMasked = ""
	}
	if cert.State != Revoked {
		return p, nil
	}
	events, err := events(db, cert.ID)
	if err != nil {
		return Public{}, err
	}
	for _, e := range events {
		if e.Kind == "revoked" {
			at, why := e.At, reasonCode(e.Reason)
			p.RevokedAt, p.RevocationReasonCode = &at, &why
		}
	}
	return p, nil
}

func events(tx *gorm.DB, certificateID models.ID) ([]Event, error) {
	var rows []Event
	err := tx.Raw(`SELECT seq, kind, reason, actor_name, at, hash FROM certificate_events
		WHERE certificate_id = ? ORDER BY seq`, certificateID).Scan(&rows).Error
	return rows, err
}

// History answers a certificate in the actor's reach with every event since
// its issue. Out of reach is NotFound. Where the holder is not named, reasons are
// cut down to their public part.
func (c *Certificates) History(ctx context.Context, actor models.Actor, code string) (Certificate, []Event, error) {
	reach, err := models.Allow(actor, models.ActReadCertificate)
	if err != nil {
		return Certificate{}, nil, err
	}
	var cert Certificate
	var list []Event
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if cert, err = find(tx, reach, code); err != nil {
			return err
		}
		if list, err = events(tx, cert.ID); err != nil {
			return err
		}
		cert, err = veiled(tx, reach, cert, c.clock.Today())
		return err
	})
	if err == nil && !beyond(reach).Empty() {
		err = c.listed(ctx, actor, []Certificate{cert})
	}
	if err != nil {
		return Certificate{}, nil, err
	}
	for i := range list {
		if cert.Withheld && list[i].Reason != "" {
			list[i].Reason = reasonCode(list[i].Reason) // a free text may name people
		}
	}
	return cert, list, nil
}

// Proof is a certificate with everything it rests on, for "explain this
// number". Intact is false when a hash does not match its content.
type Proof struct {
	Certificate Certificate
	Rule        Rule
	Passes      []Pass // in the rule's order of skills
	Events      []Event
	Intact      bool
	Erased      bool               // the holder's name was erased, under a stub
	Stubs       map[models.ID]Stub // of the passes whose details were erased, by pass
}

// Unwithdrawn tells whether the certificate does not count although nobody took
// it back: its last event is no revocation.
func (p Proof) Unwithdrawn() bool {
	return p.Certificate.State != Valid && (len(p.Events) == 0 || p.Events[len(p.Events)-1].Kind != "revoked")
}

// Earned tells whether passes, in the order they were earned, fill the rule by
// which the last one was given: its transaction issues the certificate.
func Earned(tx *gorm.DB, passes []Pass) (bool, error) {
	if len(passes) == 0 {
		return false, nil
	}
	rule, err := RuleByVersion(tx, passes[len(passes)-1].RuleVersion)
	if err != nil {
		return false, err
	}
	by := make(map[string]Pass, len(passes))
	for _, p := range passes {
		by[p.Skill] = p
	}
	return rule.Complete(by), nil
}

// PassProof is what a person without a certificate has passed so far: it counts
// for the figures of single skills, so it is proved like a certificate's.
type PassProof struct {
	Passes []Pass // in the order they were earned
	Intact bool   // every pass is under its hash
	Stubs  map[models.ID]Stub
}

// ProvePasses reads and checks all passes of a person.
func ProvePasses(tx *gorm.DB, personID models.ID) (PassProof, error) {
	p := PassProof{Intact: true}
	var err error
	if p.Passes, err = passRows(tx, personID); err != nil {
		return p, err
	}
	ids := make([]models.ID, len(p.Passes))
	for i, pass := range p.Passes {
		ids[i] = pass.ID
		p.Intact = p.Intact && pass.digest() == pass.Hash
	}
	p.Stubs, err = StubsByID(tx, ids)
	return p, err
}

// Prove reads the person's last certificate and checks the chain of hashes
// from the passes to the last event. It answers nil without a certificate.
func Prove(tx *gorm.DB, personID models.ID) (*Proof, error) {
	cert, err := latest(tx, personID)
	if cert == nil || err != nil {
		return nil, err
	}
	p := &Proof{Certificate: *cert}
	if p.Rule, err = RuleByVersion(tx, cert.RuleVersion); err != nil {
		return nil, err
	}
	passes, err := Passes(tx, personID)
	if err != nil {
		return nil, err
	}
	if p.Events, err = events(tx, cert.ID); err != nil {
		return nil, err
	}
	hashes, complete := passHashes(p.Rule, passes)
	var anchors Anchors
	named := cert.digest(hashes) == cert.Hash
	ids := []models.ID{cert.ID}
	for _, pass := range passes {
		ids = append(ids, pass.ID)
	}
	if p.Stubs, err = StubsByID(tx, ids); err != nil {
		return nil, err
	}
	if stub, ok := p.Stubs[cert.ID]; ok && !named {
		if named, err = anchors.Hold(tx, stub, cert.Hash); err != nil {
			return nil, err
		}
		p.Erased = true
	}
	delete(p.Stubs, cert.ID)
	p.Intact = complete && named && len(p.Events) > 0
	for _, skill := range p.Rule.Skills {
		if pass, ok := passes[skill]; ok {
			p.Passes = append(p.Passes, pass)
			p.Intact = p.Intact && pass.digest() == pass.Hash
		}
	}
	before := cert.Hash
	for i, e := range p.Events {
		p.Intact = p.Intact && e.Seq == i+1 && e.digest(cert.ID.String(), before) == e.Hash
		before = e.Hash
	}
	return p, nil
}
