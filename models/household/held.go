package household

import "nhaso/models/store"

const ofLink = "link_id IN (SELECT id FROM household_links WHERE person_id = ?)"

// Held lists what this room keeps about a person. The link stays, without
// words: the household goes on being counted.
func Held() []store.Holding {
	return []store.Holding{
		{Table: "household_events", Where: ofLink, Label: "Lịch sử liên kết với hộ", Fate: store.FateBlanked, Blank: "reason = ''", Why: "lịch sử của hộ, không có tên"},
		{Table: "household_links", Where: "person_id = ?", Label: "Liên kết với hộ gia đình", Fate: store.FateBlanked, Blank: "reason = ''", Why: "số liệu hộ gia đình"},
	}
}
