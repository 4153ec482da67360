package ledger

import (
	"slices"
	"strings"
)

// synonyms lists, for each field, the headers that mean it, best first: where a
// file has several, the first in this list is taken. Case, accents, spaces and
// punctuation do not matter (see foldWord). To teach a header, add it here.
var synonyms = map[Field]string{
	CustomerNumber: `customer_number|customer no|customer nr|customer id|customer code|customer account number|
		cust_number|cust no|cust id|contact account number|account reference|account ref|account number|
		account no|account code|client number|client id|client code|debtor number|debtor no|debtor id|
		debtor code|debitor account number|bill-to customer no|sold-to party|payer|
		Kundennummer|Kunden-Nr.|Kundennr|Kd-Nr|KdNr|Debitorennummer|Debitoren-Nr.|Debitor-Nr|Personenkonto|
		numéro client|n° client|code client|compte client|CompAuxNum|compte auxiliaire|
		klantnummer|klantnr|klantcode|debiteurnummer|debiteurnr|
		número de cliente|código cliente|codice cliente|numero cliente|kundnummer|kundenummer|kundenr|
		numer klienta|número do cliente|Kontonummer|Konto-Nr.|Konto`,
	CustomerName: `customer_name|name_customer|customer name|cust name|client name|debtor name|debtor|
		company name|company|contact name|contactname|account name|party's name|party name|bill to name|buyer|
		buyer name|Kundenname|Name des Kunden|Debitorname|Debitorenname|Firma|Firmenname|Kundenbezeichnung|
		Name 1|Name1|nom client|nom du client|raison sociale|CompAuxLib|klantnaam|debiteurnaam|debiteur|
		nombre cliente|nombre del cliente|razón social|ragione sociale|nome cliente|kundnamn|kundenavn|
		nazwa klienta|nome do cliente|name`,
	Customer: `customer|client|account|kunde|debitor|klant|cliente|kund|klient|contact|asiakas`,
	Kind:     `kind|customer kind|debtor kind|customer type|legal type|Kundenart|type client`,
	Country: `country|country code|countrycode|customer country|pocountry|bill addr country|Land|Ländercode|
		Länderschlüssel|pays|code pays|landcode|país|paese|nazione|kraj`,
	Language: `language|language code|lang|Sprache|Sprachcode|Sprachschlüssel|langue|taal|
		idioma|lingua|språk|jezyk`,
	Email: `email|e-mail|email address|emailaddress|e-mail address|main email|contact email|billing email|
		invoice email|Mailadresse|E-Mail-Adresse|Rechnungs-E-Mail|courriel|adresse e-mail|mailadres|
		correo electrónico|correo|posta elettronica|e-post|epost`,
	Role: `role|contact role|Rolle|Funktion|rôle|rol|ruolo`,
	DocumentKind: `document_kind|document type|doc type|document_type|transaction type|invoice type|type|
		Belegart|Belegtyp|Dokumentart|Vorgangsart|type de pièce|type document|documentsoort|
		tipo documento|tipo de documento|bilagstype|typ`,
	Number: `number|invoice number|invoice no|invoicenumber|invoice id|invoice_id|invoice nr|invoice|
		invoice ref|inv no|inv number|document number|document no|document_no|doc no|doc number|doc_id|
		document id|transaction number|voucher no|bill no|bill number|ref no|reference number|num|
		Rechnungsnummer|Rechnungs-Nr.|Rechnungsnr|Rechnung|Rg-Nr|RE-Nr|RgNr|Belegnummer|Beleg-Nr.|Belegnr|Beleg|
		Belegfeld 1|OP-Nummer|OPNr|numéro de facture|numéro facture|n° facture|no facture|facture|PieceRef|
		numéro de pièce|n° pièce|factuurnummer|factuurnr|factuur|stuknummer|número de factura|n° factura|
		factura|numero fattura|n. fattura|fattura|fakturanummer|fakturanr|faktura|faktura nr|numer faktury|
		número da fatura|fatura|laskun numero|xref|reference|ref|no`,
	Instalment: `instalment|installment|instalment number|installment no|Rate|Ratennummer|échéance n°|
		termijn|cuota|rata`,
	InvoiceDate: `invoice_date|invoicedate|invoice date|inv date|document date|document_date|doc date|
		date of invoice|issue date|issued on|bill date|transaction date|Rechnungsdatum|Belegdatum|Re-Datum|
		Ausstellungsdatum|Datum|date de facture|date facture|date facturation|PieceDate|date de pièce|
		factuurdatum|documentdatum|fecha de factura|fecha factura|fecha emisión|fecha|data fattura|
		data documento|data|fakturadatum|fakturadato|data wystawienia|data da fatura|posting date|
		posting_date|Buchungsdatum|date`,
	DueDate: `due_date|duedate|due date|net due date|due_in_date|due on|due by|date due|payment due date|
		due|maturity date|Fälligkeitsdatum|Fälligkeit|Fällig am|fällig|Nettofälligkeit|Netto-Fälligkeit|
		zahlbar bis|date d'échéance|date échéance|échéance|vervaldatum|vervaldag|fecha de vencimiento|
		fecha vencimiento|vencimiento|data scadenza|scadenza|data di scadenza|förfallodatum|forfallsdato|
		forfald|forfaldsdato|termin płatności|data de vencimento|eräpäivä`,
	DateAgreed: `date_agreed|payment date agreed|agreed in contract|Zahlungsziel vereinbart|date convenue`,
	Currency: `currency|currency code|currency_code|invoice_currency|invoice currency|curr|ccy|
		document currency|transaction currency|Währung|Währungscode|Whrg|WKZ|WKZ Umsatz|Belegwährung|devise|
		Idevise|code devise|monnaie|valuta|muntsoort|moneda|divisa|valutakod|valutakode|waluta|moeda|
		valuuttakoodi`,
	Amount: `amount|invoice amount|invoiceamount|invoice total|invoice value|total amount|gross amount|
		amount incl tax|amount gross|original amount|document amount|amount in doc. curr.|
		amount in document currency|amount in local currency|opening amount|total_open_amount|total|value|
		gross|Betrag|Rechnungsbetrag|Bruttobetrag|Brutto|Gesamtbetrag|Endbetrag|Ursprungsbetrag|
		Betrag brutto|Umsatz|Summe|montant|montant ttc|total ttc|montant facture|montantdevise|bedrag|
		factuurbedrag|bedrag incl btw|importe|importe total|total factura|importo|totale|totale fattura|
		belopp|beløb|kwota|kwota brutto|valor|summa`,
	OpenAmount: `open_amount|openamount|open amount|open balance|balance|balance due|outstanding|
		outstanding amount|amount outstanding|amount due|amountdue|invoiceamountdue|invoice amount due|
		remaining_amount|remaining amount|remaining|pending amount|unpaid|unpaid amount|open|due amount|
		offener Betrag|Offen|offener Posten|OPOS|Restbetrag|Saldo|offener Saldo|Restschuld|solde|
		montant dû|reste à payer|reste dû|montant restant|openstaand|openstaand bedrag|saldo openstaand|
		restbedrag|pendiente|importe pendiente|saldo pendiente|residuo|importo residuo|importo aperto|
		restbelopp|restbeløb|utestående|do zapłaty|pozostało|em aberto|avoinna`,
	PaidOn: `paid_on|paid date|date paid|payment date|settleddate|settled date|settled on|settlement date|
		clear_date|clearing date|closedatdate|closed at|closed on|last payment date|bezahlt am|Zahldatum|
		Zahlungsdatum|Ausgleichsdatum|Ausgleich am|date de paiement|date paiement|date de règlement|
		DateLet|betaaldatum|betaald op|fecha de pago|fecha pago|data pagamento|betald den|betalt dato|
		data zapłaty|data de pagamento`,
	PaidAmount: `paid_amount|amount paid|paid amount|paid|invoiceamountpaid|invoice amount paid|settled|
		payments|payment amount|bezahlt|bezahlter Betrag|Zahlbetrag|gezahlt|payé|montant payé|réglé|
		montant réglé|betaald|betaald bedrag|pagado|importe pagado|pagato|importo pagato|betalt|betald|
		zapłacono|pago`,
	PO: `po|po number|po no|p.o. number|p.o.|purchase order|purchase order number|customer po|
		customer reference|your reference|your ref|order number|order no|external_document_no_|
		external document no|Bestellnummer|Bestell-Nr.|Ihre Bestellnummer|Ihr Zeichen|Kundenreferenz|
		numéro de commande|n° commande|bon de commande|votre référence|bestelnummer|uw referentie|
		número de pedido|numero ordine|ordernummer|ordrenummer|numer zamówienia`,
	LastReminderDate: `last_reminder_date|last reminder|last reminder date|last dunned|last dunning date|
		letzte Mahnung|Mahndatum|letztes Mahndatum|date dernière relance|dernière relance|
		laatste herinnering|aanmaandatum`,
	LastReminderLevel: `last_reminder_level|reminder level|dunning level|reminders sent|Mahnstufe|
		niveau de relance|aanmaningsniveau|herinneringsniveau|nivel de reclamación|livello sollecito`,
	Disputed: `disputed|in dispute|dispute|strittig|Reklamation|litige|en litige|betwist|en disputa|contestato`,
	SignMark: `debit/credit|dr/cr|d/c|s/h|soll/haben|Soll/Haben-Kennzeichen|S/H-Kennz|SH-Kennzeichen|
		debit credit indicator|sens`,
	Debit:  `debit|debit amount|Soll|Sollbetrag|débit|debet|debe|dare|charges`,
	Credit: `credit|credit amount|Haben|Habenbetrag|crédit|haber|avere|credits`,
	Status: `status|invoice status|document status|Belegstatus|statut|estado|stato`,
	Terms: `terms|payment terms|payment term|terms of payment|credit terms|invoice terms|Zahlungsbedingung|
		Zahlungsbedingungen|Zahlungsziel|Zahlungskondition|Zahlungskonditionen|ZB|conditions de paiement|
		conditions de règlement|modalités de paiement|délai de paiement|échéance en jours|betalingscondities|
		betalingsconditie|betalingstermijn|betaaltermijn|betaalconditie|condiciones de pago|
		termini di pagamento|condizioni di pagamento|betalningsvillkor|betalingsbetingelser`,
	Phone: `phone|phone number|telephone|tel|main phone|contact phone|mobile|Telefon|Telefonnummer|
		téléphone|telefoon|teléfono|telefono`,
	ContactName: `contact|contact person|primary person|Ansprechpartner|Kontaktperson|interlocuteur|
		contactpersoon|persona de contacto|full name|last name|surname|family name|Nachname|nom de famille|
		achternaam|apellidos|cognome|name`,
	FirstName: `first name|given name|forename|Vorname|prénom|voornaam|nombre de pila`,
	Street: `street|street address|street and number|address line 1|address1|address 1|addr line 1|
		bill addr line1|poaddressline1|billing street|billing address|postal address|address|
		Straße|Strasse|Str.|Straße und Hausnummer|Straße/Nr.|Anschrift|Adresse|Anschriftszeile 1|Adresszeile 1|
		rue|adresse 1|straat|adres|calle|dirección|indirizzo|via`,
	AddressExtra: `address_extra|address line 2|address2|address 2|addr line 2|bill addr line2|poaddressline2|
		extra line|address extra|building|Adresszusatz|Anschriftszeile 2|Adresszeile 2|Zusatz|
		complément d'adresse|adresse 2`,
	Postcode: `postcode|post code|postal code|postalcode|zip|zip code|zip/postal code|bill addr postal code|
		popostalcode|billing postcode|PLZ|Postleitzahl|code postal|código postal|CAP`,
	Town: `town|city|town/city|post town|place|bill addr city|pocity|billing city|Ort|Stadt|Wohnort|
		Ort/Stadt|ville|plaats|woonplaats|ciudad|città|località`,
	Region: `region|county|state|province|state/province|state/region|bill addr state|poregion|
		Bundesland|Kanton|Provinz|province`,
}

// meaning is a field and how good a header for it is: 0 is best.
type meaning struct {
	field Field
	rank  int
}

// headerWords maps a folded header to its meanings for receivables; contacts
// read some headers otherwise, see contactWords.
var headerWords = buildWords(synonyms, Phone, ContactName, FirstName, Street, AddressExtra, Postcode, Town,
	Region)

func buildWords(table map[Field]string, without ...Field) map[string]meaning {
	words := make(map[string]meaning, 1024)
	for f := NoField + 1; f < numFields; f++ { // in the order of fields: the first to claim a word keeps it
		if slices.Contains(without, f) {
			continue
		}
		for rank, header := range strings.Split(table[f], "|") {
			key := foldWord(header)
			if _, taken := words[key]; !taken && key != "" {
				words[key] = meaning{field: f, rank: rank}
			}
		}
	}
	return words
}
