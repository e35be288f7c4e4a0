package seeds

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
)

// Class secrets of the demo's pupils, for the school's computers: four digits in
// 7A, three pictures in 8B.
const (
	DemoPIN   = "4812"
	DemoIcons = "sun-fish-house"
)

// classSecrets gives every pupil the known secret of the class, so that the
// README can say how to try the sign-in at a school's computer.
func (d *demo) classSecrets(ctx context.Context) error {
	if err := d.People.SetClassSecretKind(ctx, d.teacher, d.class8B.ID, people.SecretIcons); err != nil {
		return err
	}
	for i, c := range []struct{ kind, secret string }{{people.SecretPIN, DemoPIN}, {people.SecretIcons, DemoIcons}} {
		hash, err := d.hasher.Hash(ctx, c.secret)
		if err != nil {
			return err
		}
		var persons []models.ID
		for _, p := range d.pupils[i*d.size.Pupils : (i+1)*d.size.Pupils] {
			persons = append(persons, p.Person)
		}
		err = d.DB.Tx(ctx, func(tx *gorm.DB) error {
			return people.GiveKnownSecret(tx, persons, c.kind, hash, d.DB.Clock().Now())
		})
		if err != nil {
			return err
		}
	}
	return nil
}
