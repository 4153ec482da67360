package quality

import "testing"

// Numbers are the published examples of tax offices and standards, or computed by hand from
// the published rule for companies that do not exist.
func TestCheckVAT(t *testing.T) {
	for _, c := range []struct {
		number, country string
		want            Verdict
	}{
		{"GB 980 7806 84", "GB", Fits}, {"GB980780684", "GB", Fits}, {"980780648", "GB", WrongCheck},
		{"GB98078068", "GB", WrongForm}, {"GB GD 001", "GB", Fits}, {"GBGD501", "GB", WrongCheck}, {"GBHA599", "GB", Fits},
		{"GB 980780684 001", "GB", Fits}, {"GB000000000", "GB", WrongCheck},
		{"DE136695976", "DE", Fits}, {"DE136695978", "DE", WrongCheck}, {"DE 13669597", "DE", WrongForm},
		{"DE036695976", "DE", WrongForm},
		{"FR 40 303 265 045", "FR", Fits}, {"FR41303265045", "FR", WrongCheck}, {"FR40303265054", "FR", WrongCheck},
		{"FRK7399859412", "FR", Fits}, {"FRO7399859412", "FR", WrongForm}, {"40303265045", "FR", Fits},
		{"NL004495445B01", "NL", Fits}, {"NL004495455B01", "NL", WrongCheck}, {"NL002455799B11", "NL", Fits},
		{"NL123456789B13", "NL", Fits}, {"NL004495445C01", "NL", WrongForm},
		{"BE 0428.759.497", "BE", Fits}, {"BE428759497", "BE", Fits}, {"BE0428759479", "BE", WrongCheck},
		{"BE2428759497", "BE", WrongForm},
		{"ES B58378431", "ES", Fits}, {"ESB58378432", "ES", WrongCheck}, {"ES54362315K", "ES", Fits},
		{"ESX2482300W", "ES", Fits}, {"ES54362315Z", "ES", WrongCheck}, {"ES5436231", "ES", WrongForm},
		{"IT 00743110157", "IT", Fits}, {"IT00743110158", "IT", WrongCheck}, {"IT0074311015", "IT", WrongForm},
		{"ATU13585627", "AT", Fits}, {"U13585627", "AT", Fits}, {"ATU13585626", "AT", WrongCheck}, {"AT13585627", "AT", WrongForm},
		{"IE6433435F", "IE", Fits}, {"IE6433435E", "IE", WrongCheck}, {"IE6433435OA", "IE", Fits}, {"IE8D79739I", "IE", Fits},
		{"IE643343F", "IE", WrongForm},
		{"PL 856-734-62-15", "PL", Fits}, {"PL8567346216", "PL", WrongCheck}, {"PL856734621", "PL", WrongForm},
		{"DE136695976", "GB", Fits}, // registered abroad
		{"12-3456789", "US", Unchecked}, {"", "GB", Unchecked}, {"SE556188840401", "SE", Unchecked},
	} {
		if got, _ := CheckVAT(c.number, c.country); got != c.want {
			t.Errorf("%s (%s): %d, expected %d", c.number, c.country, got, c.want)
		}
	}
}

// TestEveryWrongDigitIsFound: a check digit that lets a single mistyped digit pass is no
// check. The British and the Dutch have two rules each, of which one may fit by chance.
func TestEveryWrongDigitIsFound(t *testing.T) {
	for country, number := range map[string]string{"DE": "136695976", "BE": "0428759497",
		"IT": "00743110157", "AT": "U13585627", "PL": "8567346215", "IE": "6433435F", "ES": "54362315K"} {
		for i := range number {
			if number[i] < '0' || number[i] > '9' {
				continue
			}
			for d := byte('0'); d <= '9'; d++ {
				other := number[:i] + string(rune(d)) + number[i+1:]
				if v, _ := CheckVAT(other, country); v == Fits && d != number[i] {
					t.Errorf("%s %s passes for %s", country, other, number)
				}
			}
		}
	}
}
