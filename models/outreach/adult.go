package outreach

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/place"
)

// AdultCode is an invitation as whoever made it reads it out or writes it on
// the slip. Code is answered this once.
type AdultCode struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

// AdultHome says to which household a code belongs, without a whole name.
type AdultHome struct {
	Village    string `json:"village"`
	Commune    string `json:"commune"`
	HeadMasked string `json:"head_masked"`
}

// JoinedAdult is the account that was made: the person signs in with the name
// and the password of their own choice.
type JoinedAdult struct {
	Username string `json:"username"`
}

// InviteAdult makes a code with which a grown-up member of a household makes an
// account: no e-mail, no telephone number. The actor needs invite_adult with the
// household's village in reach, otherwise NotFound. Errors: Conflict "id_taken",
// "invite_used".
func (o *Outreach) InviteAdult(ctx context.Context, actor models.Actor, id, householdID models.ID) (AdultCode, error) {
	reach, err := models.Allow(actor, models.ActInviteAdult)
	if err != nil {
		return AdultCode{}, err
	}
	if id.IsZero() {
		return AdultCode{}, models.InvalidField("body.id", "required")
	}
	var out AdultCode
	err = o.db.Tx(ctx, func(tx *gorm.DB) error {
		home, err := household.ActiveBrief(tx, householdID, o.db.Clock().Today())
		if err != nil {
			return err
		}
		ok, err := place.InReach(tx, reach, home.VillageID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		out.Code, out.ExpiresAt, err = people.InviteAdultTx(tx, actor, id, householdID, o.db.Clock().Now())
		return err
	})
	return out, err
}

// AdultInvitation says what a code is for. Wrong, expired and used codes are
// NotFound alike.
func (o *Outreach) AdultInvitation(ctx context.Context, code string) (AdultHome, error) {
	var out AdultHome
	err := o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		now := o.db.Clock().Now()
		invite, err := people.AdultInviteByCode(tx, code, now)
		if err == nil && !invite.PersonID.IsZero() {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		home, err := household.ActiveBrief(tx, invite.HouseholdID, models.Day(now))
		out = AdultHome{Village: place.VillageTitle(home.VillageKind, home.VillageName), Commune: home.CommuneName, HeadMasked: models.MaskName(home.HeadName)}
		return err
	})
	return out, err
}

// JoinedBefore answers the account that was made with a code, to whoever made it;
// anybody else gets NotFound.
func (o *Outreach) JoinedBefore(ctx context.Context, code string, account models.ID) (JoinedAdult, error) {
	var out JoinedAdult
	err := o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		invite, err := people.AdultInviteByCode(tx, code, o.db.Clock().Now())
		if err == nil {
			out, err = joinedBefore(tx, invite, account)
		}
		return err
	})
	return out, err
}

func joinedBefore(tx *gorm.DB, invite people.AdultInvite, account models.ID) (JoinedAdult, error) {
	if invite.PersonID.IsZero() {
		return JoinedAdult{}, models.NotFound()
	}
	made, err := people.AccountOfPerson(tx, invite.PersonID)
	if err == nil && made.ID != account {
		err = models.NotFound()
	}
	if err != nil {
		return JoinedAdult{}, err
	}
	return JoinedAdult{Username: made.Username}, nil
}

// JoinAsAdult makes the account and claims the household, which the team or the
// commune confirms. account comes from people.PrepareAdult. The same account id
// again answers as the first time. Errors: NotFound; Invalid field
// "body.relation".
func (o *Outreach) JoinAsAdult(ctx context.Context, code string, account people.NewAccount, bornOn, relation string) (JoinedAdult, error) {
	var out JoinedAdult
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		now := o.db.Clock().Now()
		invite, err := people.AdultInviteByCode(tx, code, now)
		if err != nil {
			return err
		}
		if !invite.PersonID.IsZero() {
			out, err = joinedBefore(tx, invite, account.ID)
			return err
		}
		made, err := people.JoinAdultTx(tx, invite, account, bornOn, now)
		if err != nil {
			return err
		}
		out.Username = made.Username
		self := models.Actor{Account: made.ID, Person: account.PersonID, Name: made.DisplayName, Grants: account.Grants}
		return household.ClaimTx(tx, self, invite.HouseholdID, relation, now)
	})
	return out, err
}
