package cal

import "strings"

// countryZones is the zone of a country (ISO 3166-1) that has one zone, or one
// that holds nearly all its businesses. IANA time zone database.
var countryZones = zoneTable("", `
	Europe/Vienna AT; Europe/Brussels BE; Europe/Sofia BG; Europe/Zagreb HR; Asia/Nicosia CY
	Europe/Prague CZ; Europe/Copenhagen DK; Europe/Tallinn EE; Europe/Helsinki FI; Europe/Paris FR
	Europe/Berlin DE; Europe/Athens GR; Europe/Budapest HU; Europe/Dublin IE; Europe/Rome IT
	Europe/Riga LV; Europe/Vilnius LT; Europe/Luxembourg LU; Europe/Malta MT; Europe/Amsterdam NL
	Europe/Warsaw PL; Europe/Lisbon PT; Europe/Bucharest RO; Europe/Bratislava SK; Europe/Ljubljana SI
	Europe/Madrid ES; Europe/Stockholm SE
	Atlantic/Reykjavik IS; Europe/Vaduz LI; Europe/Oslo NO
	Europe/London GB; Europe/Zurich CH
	Europe/Andorra AD; Europe/Tirane AL; Europe/Sarajevo BA; Europe/Gibraltar GI; Europe/Guernsey GG
	Europe/Isle_of_Man IM; Europe/Jersey JE; Europe/Chisinau MD; Europe/Monaco MC; Europe/Podgorica ME
	Europe/Skopje MK; Europe/Belgrade RS XK; Europe/San_Marino SM; Europe/Vatican VA; Europe/Kyiv UA
	Europe/Minsk BY; Europe/Istanbul TR; Atlantic/Faroe FO; Europe/Mariehamn AX
	Asia/Yerevan AM; Asia/Baku AZ; Asia/Tbilisi GE; Asia/Jerusalem IL; Asia/Amman JO; Asia/Beirut LB
	Asia/Riyadh SA; Asia/Dubai AE; Asia/Qatar QA; Asia/Kuwait KW; Asia/Bahrain BH; Asia/Muscat OM
	Asia/Kolkata IN; Asia/Karachi PK; Asia/Dhaka BD; Asia/Colombo LK; Asia/Kathmandu NP
	Asia/Shanghai CN; Asia/Hong_Kong HK; Asia/Macau MO; Asia/Taipei TW; Asia/Tokyo JP; Asia/Seoul KR
	Asia/Singapore SG; Asia/Kuala_Lumpur MY; Asia/Bangkok TH; Asia/Ho_Chi_Minh VN; Asia/Manila PH
	Asia/Phnom_Penh KH; Asia/Vientiane LA; Asia/Brunei BN; Asia/Tashkent UZ
	Pacific/Auckland NZ; Pacific/Fiji FJ
	Africa/Casablanca MA; Africa/Algiers DZ; Africa/Tunis TN; Africa/Cairo EG; Africa/Lagos NG
	Africa/Accra GH; Africa/Abidjan CI; Africa/Dakar SN; Africa/Nairobi KE; Africa/Kampala UG
	Africa/Dar_es_Salaam TZ; Africa/Addis_Ababa ET; Africa/Johannesburg ZA; Africa/Windhoek NA
	Africa/Gaborone BW; Africa/Harare ZW; Africa/Lusaka ZM; Africa/Maputo MZ; Africa/Luanda AO
	Indian/Mauritius MU; Indian/Reunion RE
	America/Argentina/Buenos_Aires AR; America/Santiago CL; America/Bogota CO; America/Lima PE
	America/Guayaquil EC; America/Montevideo UY; America/Asuncion PY; America/La_Paz BO
	America/Caracas VE; America/Panama PA; America/Costa_Rica CR; America/Guatemala GT
	America/El_Salvador SV; America/Tegucigalpa HN; America/Managua NI; America/Santo_Domingo DO
	America/Jamaica JM; America/Puerto_Rico PR; America/Barbados BB; America/Port_of_Spain TT
	America/Nassau BS; Atlantic/Bermuda BM; America/Cayman KY; America/Martinique MQ
	America/Guadeloupe GP; America/Cayenne GF
`)

// manyZones are the countries for which a subdivision must be stated.
const manyZones = " AU BR CA MX US "

// subdivisionZones is the zone of a subdivision (ISO 3166-2).
var subdivisionZones = joinZones(
	zoneTable("US-", `
		America/New_York CT DC DE FL GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV
		America/Detroit MI; America/Indiana/Indianapolis IN; America/Kentucky/Louisville KY
		America/Chicago AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI
		America/Denver CO MT NM UT WY; America/Boise ID; America/Phoenix AZ
		America/Los_Angeles CA NV OR WA; America/Anchorage AK; Pacific/Honolulu HI
		America/Puerto_Rico PR VI; Pacific/Guam GU MP; Pacific/Pago_Pago AS
	`),
	zoneTable("CA-", `
		America/St_Johns NL; America/Halifax NS PE; America/Moncton NB; America/Toronto ON QC
		America/Winnipeg MB; America/Regina SK; America/Edmonton AB NT; America/Vancouver BC
		America/Whitehorse YT; America/Iqaluit NU
	`),
	zoneTable("AU-", `
		Australia/Sydney NSW ACT; Australia/Melbourne VIC; Australia/Brisbane QLD; Australia/Adelaide SA
		Australia/Darwin NT; Australia/Perth WA; Australia/Hobart TAS
	`),
	zoneTable("BR-", `
		America/Sao_Paulo DF ES GO MG PR RJ RS SC SP; America/Bahia BA; America/Fortaleza CE MA PB PI RN
		America/Recife PE; America/Maceio AL SE; America/Belem AP PA; America/Araguaina TO
		America/Campo_Grande MS; America/Cuiaba MT; America/Manaus AM; America/Porto_Velho RO
		America/Boa_Vista RR; America/Rio_Branco AC
	`),
	zoneTable("MX-", `
		America/Mexico_City AGU CHP CMX COL GRO GUA HID JAL MEX MIC MOR OAX PUE QUE SLP TAB TLA VER ZAC
		America/Monterrey COA DUR NLE TAM; America/Merida CAM YUC; America/Cancun ROO
		America/Chihuahua CHH; America/Hermosillo SON; America/Mazatlan BCS NAY SIN; America/Tijuana BCN
	`),
	zoneTable("ES-", `Atlantic/Canary CN GC TF; Africa/Ceuta CE ML`),
	zoneTable("PT-", `Atlantic/Azores 20; Atlantic/Madeira 30`),
)

// zoneTable reads "ZONE CODE…" entries, ended by a semicolon or a line, into code → zone.
func zoneTable(prefix, text string) map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(text) {
		for _, entry := range strings.Split(line, ";") {
			if fields := strings.Fields(entry); len(fields) > 0 {
				for _, code := range fields[1:] {
					table[prefix+code] = fields[0]
				}
			}
		}
	}
	return table
}

func joinZones(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, table := range tables {
		for code, zone := range table {
			all[code] = zone
		}
	}
	return all
}
